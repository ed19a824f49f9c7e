import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

const { ResourceProviderClient } = require("@pulumi/pulumi/proto/provider_grpc_pb.js");
const messages = require("@pulumi/pulumi/proto/provider_pb.js");

/** The part of a package's schema that says which names there are. */
export interface Schema {
  name: string;
  version: string;
  provider?: { inputProperties?: Record<string, SchemaType> };
  resources: Record<string, SchemaResource>;
  functions: Record<string, { inputs?: SchemaType; outputs?: SchemaType }>;
  types?: Record<string, SchemaType>;
}

export interface SchemaResource {
  inputProperties?: Record<string, SchemaType>;
  requiredInputs?: string[];
  properties?: Record<string, SchemaType>;
}

export interface SchemaType {
  type?: string;
  $ref?: string;
  items?: SchemaType;
  additionalProperties?: SchemaType;
  properties?: Record<string, SchemaType>;
  required?: string[];
}

/** A check that a plugin made of inputs. */
export interface Checked {
  failures: string[];
}

/** A running plugin, spoken to as the engine does. */
export class RunningPlugin {
  private constructor(
    private readonly child: ChildProcess,
    // The generated client has no types.
    private readonly client: grpc.Client & Record<string, (message: unknown, done: Answer) => void>,
  ) {}

  /** Starts the plugin `pulumi-resource-<name>` of a folder. */
  static async start(folder: string, name: string): Promise<RunningPlugin> {
    const child = spawn(join(folder, `pulumi-resource-${name}`), [], { stdio: ["ignore", "pipe", "inherit"] });
    const port = await new Promise<string>((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", (code) => reject(new Error(`pulumi-resource-${name} ended with ${code}`)));
      createInterface({ input: child.stdout }).once("line", resolve);
    });
    const limits = { "grpc.max_receive_message_length": 256 * 1024 * 1024 };
    return new RunningPlugin(
      child,
      new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), limits),
    );
  }

  async schema(): Promise<Schema> {
    const answer = await this.call("getSchema", new messages.GetSchemaRequest());
    return JSON.parse((answer as { getSchema(): string }).getSchema());
  }

  /** Checks a resource's inputs, as every operation of the engine begins. */
  async check(type: string, inputs: Record<string, unknown>): Promise<Checked> {
    const request = new messages.CheckRequest();
    request.setUrn(`urn:pulumi:test::test::${type}::checked`);
    request.setNews(Struct.fromJavaScript(inputs as Parameters<typeof Struct.fromJavaScript>[0]));
    const answer = (await this.call("check", request)) as { getFailuresList(): { getReason(): string }[] };
    return { failures: answer.getFailuresList().map((failure) => failure.getReason()) };
  }

  stop(): void {
    this.client.close();
    this.child.kill();
  }

  private call(method: string, message: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const send = this.client[method]?.bind(this.client);
      send?.(message, (error, answer) => (error ? reject(error) : resolve(answer)));
    });
  }
}

type Answer = (error: Error | null, answer: unknown) => void;
