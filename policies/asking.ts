import { dirname, join } from "node:path";
import type { Asked, Asking } from "./asked";
import { readLazily, type Service } from "./lazily";

type Handler<Request> = (
  call: { request: Request },
  callback: (error: unknown, response?: Response) => void,
) => Promise<void>;
type MakeHandler<Request> = (
  name: string,
  version: string,
  level: string,
  asked: readonly Asking[],
) => Handler<Request>;

/** What the SDK makes the answers to the engine with. */
interface PolicyServer {
  makeAnalyzeRpcFun: MakeHandler<OneResource>;
  makeAnalyzeStackRpcFun: MakeHandler<Stack>;
}

interface OneResource {
  getType(): string;
}

interface Stack {
  getResourcesList(): OneResource[];
}

interface Response {
  getDiagnosticsList(): unknown[];
  setDiagnosticsList(list: unknown[]): void;
  getNotApplicableList(): unknown[];
  setNotApplicableList(list: unknown[]): void;
}

/**
 * Lets the server of policies, which `make` starts, ask each policy only of what it is about. By itself it shows every
 * resource to every policy, as an object made anew each time: with a hundred policies that takes longer than to judge.
 */
export function askingNarrowly(name: string, policies: readonly Asking[], make: () => void): void {
  const sdk = dirname(require.resolve("@pulumi/policy/package.json"));
  const { Server } = require(require.resolve("@grpc/grpc-js", { paths: [sdk] }));
  const { addService } = Server.prototype;
  Server.prototype.addService = function (service: Service, handlers: object) {
    return addService.call(this, readLazily(service), { ...handlers, ...narrowed(name, policies) });
  };
  try {
    make();
  } finally {
    Server.prototype.addService = addService;
  }
}

/** The answers to the engine's questions about resources. */
function narrowed(name: string, policies: readonly Asking[]) {
  const server = require("@pulumi/policy/server") as PolicyServer;
  const { version } = require(join(process.cwd(), "package.json")) as { version: string };
  const made = <Request>(make: MakeHandler<Request>, of: readonly Asking[]) => make(name, version, "advisory", of);

  const byType = new Map<string, Handler<OneResource>>();
  const analyze: Handler<OneResource> = (call, callback) => {
    const type = call.request.getType();
    const known = byType.get(type);
    if (known !== undefined) return known(call, callback);
    const about = policies.filter(({ asked }) => asked.ofResource?.(type));
    byType.set(type, made(server.makeAnalyzeRpcFun, about));
    return analyze(call, callback);
  };

  const inTurn = policies
    .filter(({ asked }) => asked.ofStack !== undefined)
    .map((policy) => ({ of: policy.asked.ofStack, answer: made(server.makeAnalyzeStackRpcFun, [policy]) }));
  const analyzeStack: Handler<Stack> = async ({ request }, callback) => {
    try {
      const responses: Response[] = [];
      const parts = new Map<Asked["ofStack"], Stack>();
      for (const { of, answer } of inTurn) {
        const part = parts.get(of) ?? partOf(request, of);
        parts.set(of, part);
        responses.push(await answered(answer, part));
      }
      callback(null, joined(responses));
    } catch (error) {
      callback(error);
    }
  };
  return { analyze, analyzeStack };
}

function partOf(stack: Stack, of: Asked["ofStack"]): Stack {
  if (of === undefined || of === "everything") return stack;
  const resources = of === "nothing" ? [] : stack.getResourcesList().filter((resource) => of.has(resource.getType()));
  return { getResourcesList: () => resources };
}

function answered<Request>(answer: Handler<Request>, request: Request): Promise<Response> {
  return new Promise((resolve, reject) => {
    answer({ request }, (error, response) => (response === undefined ? reject(error) : resolve(response)));
  });
}

/** One response with what all say, in their order. */
function joined([first, ...others]: Response[]): Response | undefined {
  for (const other of others) {
    first?.setDiagnosticsList([...first.getDiagnosticsList(), ...other.getDiagnosticsList()]);
    first?.setNotApplicableList([...first.getNotApplicableList(), ...other.getNotApplicableList()]);
  }
  return first;
}
