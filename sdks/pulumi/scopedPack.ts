import { join } from "node:path";
import { PolicyPack, type PolicyPackConfig } from "@pulumi/policy";
import type { Scope, ScopedPolicy } from "./scope";
import { supported } from "./supported";

type Callback = (error: unknown, response?: Response) => void;
type Handler<Request> = (call: { request: Request }, callback: Callback) => Promise<void>;
type MakeHandler<Request> = (
  pack: string,
  version: string,
  level: string,
  policies: readonly ScopedPolicy[],
) => Handler<Request>;

/** The answer about a resource, or about a stack. */
interface Response {
  getDiagnosticsList(): unknown[];
  setDiagnosticsList(list: unknown[]): void;
  getNotApplicableList(): unknown[];
  setNotApplicableList(list: unknown[]): void;
}

interface Struct {
  toJavaScript(): unknown;
}

interface Resource {
  getType(): string;
  getUrn(): string;
  getProperties(): Struct;
}

interface Stack {
  getResourcesList(): Resource[];
}

/** The parts of Pulumi's SDK that a pack is served with. */
export interface PolicyServer {
  makeAnalyzeRpcFun: MakeHandler<Resource>;
  makeAnalyzeStackRpcFun: MakeHandler<Stack>;
}

type Service = Readonly<Record<string, unknown>>;

/**
 * Serves a pack whose policies are asked only of what is in their scope. By itself Pulumi's server shows every resource to
 * every policy, as an object built anew each time: with a hundred policies that takes longer than to judge. An SDK that is
 * built differently serves the pack by itself, which is told on standard error.
 */
export function servePack(name: string, policies: readonly ScopedPolicy[], config?: PolicyPackConfig): void {
  const problem = supported();
  if (problem !== undefined) {
    console.error(`${problem}; every policy is asked of every resource, which takes longer`);
    new PolicyPack(name, { policies: policies.map(inspecting) }, config);
    return;
  }
  const { Server } = require(require.resolve("@grpc/grpc-js", { paths: [sdkFolder()] }));
  const { addService } = Server.prototype;
  // No policy changes a resource. Told that nobody remediates, the engine sends each resource once instead of twice.
  Server.prototype.addService = function ({ remediate: _, ...service }: Service, handlers: object) {
    return addService.call(this, service, { ...handlers, ...scopedHandlers(name, policies) });
  };
  try {
    new PolicyPack(name, { policies: [...policies] }, config);
  } finally {
    Server.prototype.addService = addService;
  }
}

export function sdkFolder(): string {
  return join(require.resolve("@pulumi/policy/package.json"), "..");
}

/** Where Pulumi's own server asks, only a remediation is shown what is secret: this one changes nothing. */
function inspecting(policy: ScopedPolicy): ScopedPolicy {
  const { inspect } = policy.scope;
  if (inspect === undefined) return policy;
  return { ...policy, enforcementLevel: "remediate", remediateResource: (resource) => inspect(resource) };
}

/** The answers to the engine's questions about resources. */
function scopedHandlers(name: string, policies: readonly ScopedPolicy[]) {
  const server = require("@pulumi/policy/server") as PolicyServer;
  const { deserializeProperties } = require("@pulumi/policy/deserialize");
  const { version } = require(join(process.cwd(), "package.json")) as { version: string };
  const handler = <Request>(make: MakeHandler<Request>, of: readonly ScopedPolicy[]) =>
    make(name, version, "advisory", of);

  const inspectors = policies.flatMap(({ scope }) => scope.inspect ?? []);
  const byType = new Map<string, Handler<Resource>>();
  const analyze: Handler<Resource> = async ({ request }, callback) => {
    try {
      const type = request.getType();
      const inScope = () => policies.filter(({ scope }) => scope.resource?.(type));
      const judge = byType.get(type) ?? handler(server.makeAnalyzeRpcFun, inScope());
      byType.set(type, judge);
      convertOnce(request);
      const props = deserializeProperties(request.getProperties(), true);
      for (const inspect of inspectors) inspect({ type, urn: request.getUrn(), props });
      await judge({ request }, callback);
    } catch (error) {
      callback(error);
    }
  };

  const stackPolicies = policies.filter(({ scope }) => scope.stack !== undefined);
  const analyzeStack: Handler<Stack> = async ({ request }, callback) => {
    try {
      const resources = request.getResourcesList();
      resources.forEach(convertOnce);
      const responses: Response[] = [];
      for (const policy of stackPolicies) {
        const part = resources.filter((resource) => isInScope(resource, policy.scope));
        const judge = handler(server.makeAnalyzeStackRpcFun, [policy]);
        responses.push(await answer(judge, { getResourcesList: () => part }));
      }
      callback(null, joined(responses));
    } catch (error) {
      callback(error);
    }
  };
  return { analyze, analyzeStack };
}

function isInScope(resource: Resource, { stack }: Scope): boolean {
  return stack === "everything" || (stack instanceof Set && stack.has(resource.getType()));
}

/** The SDK converts a resource's properties anew for every policy; this message keeps what they were converted to. */
function convertOnce(resource: Resource): void {
  const properties = resource.getProperties();
  let converted: unknown;
  resource.getProperties = () => ({
    toJavaScript: () => {
      converted ??= properties.toJavaScript();
      return converted;
    },
  });
}

function answer<Request>(judge: Handler<Request>, request: Request): Promise<Response> {
  return new Promise((resolve, reject) => {
    judge({ request }, (error, response) => (response === undefined ? reject(error) : resolve(response)));
  });
}

/** One response with what all say, in their order. */
function joined(responses: readonly Response[]): Response | undefined {
  const [first] = responses;
  first?.setDiagnosticsList(responses.flatMap((response) => response.getDiagnosticsList()));
  first?.setNotApplicableList(responses.flatMap((response) => response.getNotApplicableList()));
  return first;
}
