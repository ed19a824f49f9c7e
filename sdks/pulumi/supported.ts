/** What `servePack` replaces or calls of Pulumi's SDK, which promises none of it. */
const needed: readonly [module: string, member: string][] = [
  ["@pulumi/policy/server", "makeAnalyzeRpcFun"],
  ["@pulumi/policy/server", "makeAnalyzeStackRpcFun"],
  ["@pulumi/policy/deserialize", "deserializeProperties"],
  ["@pulumi/pulumi/proto/analyzer_grpc_pb", "AnalyzerService"],
];

/** What this version of Pulumi's SDK lacks, as `path: fact`; nothing if its policy server can be scoped. */
export function supported(load: (module: string) => unknown = require): string | undefined {
  for (const [module, member] of needed) {
    const what = `${module}: ${member} is not there in this version of Pulumi's SDK`;
    try {
      const found = (load(module) as Readonly<Record<string, unknown>>)[member];
      if (typeof found !== "function" && typeof found !== "object") return what;
    } catch {
      return what;
    }
  }
  return undefined;
}
