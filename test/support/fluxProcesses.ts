import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CONTROLLERS,
  type Controller,
  kustomizeDeployment,
  sourceDeployment,
} from "../../components/addons/flux/workloads";
import { kustomizeController, sourceController } from "../../image/programs/upstream";
import { ensure } from "../../lab/toolchain/artifact";
import { FLUX_NAMESPACE } from "../../site/description/flux";
import type { ApiServer } from "./apiServer";
import { ControllerProcesses } from "./controllerProcesses";
import { freePort } from "./sshd";

/** Starts a program where it finds its namespace as in a pod: by that one of each kind is chosen to work. */
const asInPod = `
mkdir -p /run/secrets
mount -t tmpfs tmpfs /run/secrets
mkdir -p /run/secrets/kubernetes.io/serviceaccount
printf ${FLUX_NAMESPACE} >/run/secrets/kubernetes.io/serviceaccount/namespace
exec "$0" "$@"
`;

/** Flux's controllers as processes over a real API, with the tokens of their own accounts and the arguments of their pods. */
export class FluxProcesses extends ControllerProcesses {
  static async start(api: ApiServer): Promise<FluxProcesses> {
    const flux = new FluxProcesses(mkdtempSync(join(tmpdir(), "groundwork-flux-")));
    const programs: Record<Controller, string> = {
      "source-controller": await ensure(sourceController),
      "kustomize-controller": await ensure(kustomizeController),
    };
    const artifacts = `127.0.0.1:${await freePort()}`;
    // Without pods there is no Service.
    const own = ["--health-addr=127.0.0.1:0"];
    const data = join(flux.folder, "data");
    mkdirSync(data);
    const deployments = {
      "source-controller": sourceDeployment("", "cluster.local"),
      "kustomize-controller": kustomizeDeployment(""),
    };
    const storage = [`--storage-path=${data}`, `--storage-addr=${artifacts}`, `--storage-adv-addr=${artifacts}`];
    for (const name of CONTROLLERS) {
      const args = deployments[name].spec.template.spec.containers.flatMap((container) => container.args);
      const env = {
        PATH: process.env.PATH,
        KUBECONFIG: await flux.kubeconfig(api, FLUX_NAMESPACE, name),
        RUNTIME_NAMESPACE: FLUX_NAMESPACE,
        TMPDIR: flux.folder,
      };
      const all = [...args, ...own, ...(name === "source-controller" ? storage : [])];
      const command = ["--mount", "sh", "-euc", asInPod, join(programs[name], name), ...all];
      flux.run(name, "unshare", command, { env });
    }
    return flux;
  }
}
