import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { etcd, kubernetes } from "../image/programs/upstream";
import { type LabState, labFolder } from "./state";
import { ensure } from "./toolchain/artifact";
import { engine } from "./toolchain/engine";
import { vcenter } from "./toolchain/vcenter";
import type { Datacenter } from "./vcenter/datacenter";

/** Folders of a lab; all are in its state folder, which only its owner can read. */
export function labPaths(name: string) {
  const folder = labFolder(name);
  return {
    folder,
    pulumiHome: join(folder, "pulumi"),
    backend: join(folder, "backend"),
    logs: join(folder, "logs"),
    kubeconfig: join(folder, "kubeconfig"),
    sshKey: join(folder, "ssh-key"),
    knownHosts: join(folder, "known_hosts"),
    environment: join(folder, "environment"),
  };
}

/** What the tools need to work on a lab: Pulumi and its state, vCenter, the cluster. PATH begins with the lab's own tools. */
export async function labEnvironment(state: LabState, datacenter: Datacenter): Promise<Record<string, string>> {
  const paths = labPaths(state.name);
  const tools = await Promise.all([engine, kubernetes, etcd, vcenter].map((artifact) => ensure(artifact)));
  tools[0] = join(tools[0] ?? "", "bin");
  return {
    PATH: [...tools, process.env.PATH ?? "", "/usr/sbin", "/sbin"].join(":"),
    PULUMI_HOME: paths.pulumiHome,
    // Without the side files of metadata, which a kill can leave empty and the state with them unreadable.
    PULUMI_BACKEND_URL: `file://${paths.backend}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE: state.passphrase,
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_STACK: state.name,
    ...datacenter.environment,
    GOVC_URL: `https://${datacenter.server}`,
    GOVC_USERNAME: datacenter.user,
    GOVC_PASSWORD: datacenter.password,
    GOVC_INSECURE: "1",
    GOVC_PERSIST_SESSION: "false",
    KUBECONFIG: paths.kubeconfig,
  };
}

/** Writes the environment as a file for `.` of a shell; mode 0600, as it holds the lab's passwords. */
export function writeEnvironment(file: string, environment: Record<string, string>): void {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${quoted(value)}\n`);
  writeFileSync(file, lines.join(""), { mode: 0o600 });
}
