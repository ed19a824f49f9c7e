import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as grpc from "@grpc/grpc-js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

const { AnalyzerClient } = require("@pulumi/pulumi/proto/analyzer_grpc_pb");
const {
  AnalyzeRequest,
  AnalyzerResource,
  AnalyzerResourceOptions,
  AnalyzeStackRequest,
} = require("@pulumi/pulumi/proto/analyzer_pb");

/** A policy pack as the engine starts it, and the engine's side of the conversation. */
export class PackProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly stderr: () => string,
    private readonly client?: any,
  ) {}

  /** Resolves when the pack serves, or has ended without. */
  static async start(folder: string, nodeOptions: readonly string[] = []): Promise<PackProcess> {
    const child = spawn(process.execPath, [...nodeOptions, "index.cjs", "127.0.0.1:1", "."], {
      cwd: folder,
      env: { ...process.env, PULUMI_DRY_RUN: "true" },
    });
    let told = "";
    child.stderr.on("data", (chunk: Buffer) => {
      told += chunk;
    });
    const ended = once(child, "close").then(() => undefined);
    const [port] = ((await Promise.race([once(child.stdout, "data"), ended])) as [Buffer] | undefined) ?? [];
    const client = port && new AnalyzerClient(`127.0.0.1:${`${port}`.trim()}`, grpc.credentials.createInsecure());
    return new PackProcess(child, () => told, client);
  }

  get isServing(): boolean {
    return this.client !== undefined;
  }

  /** What is said of a resource before it is made. */
  async analyze(type: string, properties: Record<string, unknown>): Promise<{ policy: string; message: string }[]> {
    return diagnosticsOf(await this.call("analyze", filled(new AnalyzeRequest(), type, properties)));
  }

  /** Whether anybody answers who could change a resource; the engine asks before it has the resource analyzed. */
  async remediates(type: string, properties: Record<string, unknown>): Promise<boolean> {
    try {
      await this.call("remediate", filled(new AnalyzeRequest(), type, properties));
      return true;
    } catch (error) {
      if ((error as grpc.ServiceError).code === grpc.status.UNIMPLEMENTED) return false;
      throw error;
    }
  }

  /** What is said of a stack of one resource at the end. */
  async analyzeStack(
    type: string,
    properties: Record<string, unknown>,
  ): Promise<{ policy: string; message: string }[]> {
    const request = new AnalyzeStackRequest();
    request.setResourcesList([filled(new AnalyzerResource(), type, properties)]);
    return diagnosticsOf(await this.call("analyzeStack", request));
  }

  stop(): void {
    this.client?.close();
    this.child.kill();
  }

  private call(method: string, request: unknown): Promise<any> {
    return new Promise((resolve, reject) => {
      this.client[method](request, (error: unknown, response: unknown) => (error ? reject(error) : resolve(response)));
    });
  }
}

function filled(request: any, type: string, properties: Record<string, unknown>): unknown {
  request.setType(type);
  request.setName("it");
  request.setUrn(`urn:pulumi:test::project::${type}::it`);
  request.setOptions(new AnalyzerResourceOptions());
  request.setProperties(Struct.fromJavaScript(properties as never));
  return request;
}

function diagnosticsOf(response: any): { policy: string; message: string }[] {
  return response
    .getDiagnosticsList()
    .map((found: any) => ({ policy: found.getPolicyname(), message: found.getMessage() }));
}
