import { stringify } from "yaml";
import type { ApiServer } from "./apiServer";
import { ownRuntime, Project } from "./project";
import { installed } from "./standins";

/**
 * A Pulumi project over a real API, with the real Kubernetes plugin.
 *
 * @param lines the program: what it makes with `pulumi` and the API's `provider`
 * @param files what else lies in its folder
 */
export async function projectOver(api: ApiServer, lines: string, files: Record<string, string> = {}): Promise<Project> {
  const program = `
    const pulumi = require("@pulumi/pulumi");
    const { Provider } = require("@pulumi/kubernetes/provider");
    const kubeconfig = pulumi.secret(${JSON.stringify(api.kubeconfig())});
    const provider = new Provider("test", { kubeconfig, upsertExistingObjects: true });
    ${lines}`;
  return Project.create({
    files: {
      "Pulumi.yaml": stringify({ name: "groundwork", runtime: ownRuntime, main: "index.ts" }),
      "index.ts": program,
      ...files,
    },
    plugins: await installed("kubernetes"),
  });
}
