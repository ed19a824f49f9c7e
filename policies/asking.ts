import { dirname, join } from "node:path";
import type { Asked, Asking } from "./asked";
import type { Deployment } from "./deployment";
import { Later, type Response } from "./later";
import { type AnalyzerService, readLazily } from "./lazily";
import type { Read } from "./readOnce";

type Callback = (error: unknown, response?: Response) => void;
type Handler<Request> = (call: { request: Request }, callback: Callback) => Promise<void>;
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
  getUrn(): string;
  getProperties(): object;
}

interface Stack {
  getResourcesList(): OneResource[];
}

/**
 * Lets the server of policies, which `make` starts, ask each policy only of what it is about. By itself it shows every
 * resource to every policy, as an object made anew each time: with a hundred policies that takes longer than to judge. No
 * policy changes a resource, so the engine is told that there is no such service: it would send each resource twice.
 */
export function askingNarrowly(
  name: string,
  policies: readonly Asking[],
  { isPreview }: Pick<Deployment, "isPreview">,
  make: () => void,
): void {
  const sdk = dirname(require.resolve("@pulumi/policy/package.json"));
  const { Server } = require(require.resolve("@grpc/grpc-js", { paths: [sdk] }));
  const { addService } = Server.prototype;
  Server.prototype.addService = function ({ remediate: _, ...service }: AnalyzerService, handlers: object) {
    const own = narrowed(name, policies, isPreview, service);
    return addService.call(this, readLazily(service), { ...handlers, ...own });
  };
  try {
    make();
  } finally {
    Server.prototype.addService = addService;
  }
}

/** The answers to the engine's questions about resources. */
function narrowed(
  name: string,
  policies: readonly Asking[],
  isPreview: boolean,
  { analyze: { responseType: Answer } }: AnalyzerService,
) {
  const server = require("@pulumi/policy/server") as PolicyServer;
  const { version } = require(join(process.cwd(), "package.json")) as { version: string };
  const made = <Request>(make: MakeHandler<Request>, of: readonly Asking[]) => make(name, version, "advisory", of);

  const { deserializeProperties } = require("@pulumi/policy/deserialize") as { deserializeProperties: Read };
  const first = policies.flatMap(({ asked }) => asked.withSecrets ?? []);
  const byType = new Map<string, Handler<OneResource>>();
  const judging = async (read: () => OneResource): Promise<Response> => {
    const request = read();
    const type = request.getType();
    const about = () => policies.filter(({ asked }) => asked.ofResource?.(type));
    const judge = byType.get(type) ?? made(server.makeAnalyzeRpcFun, about());
    byType.set(type, judge);
    const props = deserializeProperties(request.getProperties(), true);
    for (const look of first) look({ type, urn: request.getUrn(), props });
    const response = await answered(judge, request);
    for (const found of response.getDiagnosticsList()) found.setUrn(found.getUrn() || request.getUrn());
    return response;
  };
  const later = new Later();
  const analyze: Handler<() => OneResource> = async ({ request }, callback) => {
    if (!isPreview) return answering(callback, () => judging(request));
    later.judge(() => judging(request));
    callback(null, new Answer());
  };

  const inTurn = policies
    .filter(({ asked }) => asked.ofStack !== undefined)
    .map((policy) => ({ of: policy.asked.ofStack, answer: made(server.makeAnalyzeStackRpcFun, [policy]) }));
  const analyzeStack: Handler<Stack> = ({ request }, callback) =>
    answering(callback, async () => {
      const responses = await later.all();
      const all = request.getResourcesList().map(remembered);
      const parts = new Map<Asked["ofStack"], Stack>();
      for (const { of, answer } of inTurn) {
        const part = parts.get(of) ?? partOf(all, of);
        parts.set(of, part);
        responses.push(await answered(answer, part));
      }
      return joined(responses);
    });
  return { analyze, analyzeStack };
}

async function answering(callback: Callback, answer: () => Promise<Response | undefined>): Promise<void> {
  let response: Response | undefined;
  try {
    response = await answer();
  } catch (error) {
    return callback(error);
  }
  callback(null, response);
}

function partOf(all: readonly OneResource[], of: Asked["ofStack"]): Stack {
  const isPart = (resource: OneResource) => of === "everything" || (of instanceof Set && of.has(resource.getType()));
  const resources = all.filter(isPart);
  return { getResourcesList: () => resources };
}

/** A message each of whose fields is read once: the SDK reads them anew for every policy. */
function remembered<T extends object>(message: T): T {
  const read = new Map<PropertyKey, () => unknown>();
  const get = (_: T, name: PropertyKey) => {
    const known = read.get(name);
    if (known !== undefined) return known;
    const value = (message[name as keyof T] as () => unknown).call(message);
    const kept = isMessage(value) ? remembered(value) : value;
    const again = () => kept;
    read.set(name, again);
    return again;
  };
  return new Proxy(message, { get });
}

/** Options and providers are messages, too; properties are left as they came. */
function isMessage(value: unknown): value is object {
  return typeof value === "object" && value !== null && "serializeBinary" in value && !("toJavaScript" in value);
}

function answered<Request>(answer: Handler<Request>, request: Request): Promise<Response> {
  return new Promise((resolve, reject) => {
    answer({ request }, (error, response) => (response === undefined ? reject(error) : resolve(response)));
  });
}

/** One response with what all say, in their order. */
function joined(responses: Response[]): Response | undefined {
  const [first] = responses;
  first?.setDiagnosticsList(responses.flatMap((response) => response.getDiagnosticsList()));
  first?.setNotApplicableList(responses.flatMap((response) => response.getNotApplicableList()));
  return first;
}
