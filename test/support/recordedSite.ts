import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Checkpoint, RecordedState } from "../../lab/recordedState";
import { repository } from "../../lab/toolchain/artifact";
import type { SiteHardware } from "../../lab/vcenter/inventory";
import { ownRuntime, Project } from "./project";
import { installed } from "./standins";
import { startTestCenter, vsphere } from "./testCenter";

/** A recorded state in a project whose program is that of a checkout. */
export interface RecordedSite {
  project: Project;
  close(): Promise<void>;
}

/**
 * Gives a recorded state to a program: the repository's own, or that of another checkout of it. vCenter is a new one with the same inventory,
 * which has the same ids. Machines and the cluster are gone, and nobody asks for them: the plugin of Kubernetes compares what was asked for.
 */
export async function openRecorded(recorded: RecordedState, checkout = repository): Promise<RecordedSite> {
  const site = recorded.config["groundwork:site"] as SiteHardware & { hypervisor: { server: string } };
  const center = await startTestCenter(site, loginOf(recorded.checkpoint));
  const { server } = center.datacenter;
  const elsewhere = (value: unknown) =>
    JSON.parse(JSON.stringify(value).replaceAll(`"${site.hypervisor.server}"`, `"${server}"`));
  let project: Project | undefined;
  const close = async () => {
    project?.remove();
    await center.stop();
  };
  try {
    project = await Project.create({
      files: programOf(checkout),
      stack: recorded.stack,
      plugins: [await vsphere(), ...(await installed("command", "tls", "kubernetes"))],
      env: { ...center.datacenter.environment, ...withoutCluster },
      config: elsewhere(recorded.config),
    });
    symlinkSync(join(checkout, "infra"), join(project.folder, "infra"));
    await project.import(elsewhere(asYoung(recorded.checkpoint)));
    return { project, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function programOf(checkout: string): Record<string, string> {
  const runtime = JSON.parse(JSON.stringify(ownRuntime).replaceAll(repository, checkout));
  return {
    "Pulumi.yaml": stringify({ name: "groundwork", runtime, main: "infra" }),
    "package.json": '{"name": "groundwork"}\n',
  };
}

/** The provider's settings are part of the state, and so is who signs in. */
function loginOf({ deployment }: Checkpoint): { user: string; password: string } {
  const provider = deployment.resources.find(({ type }) => type === "pulumi:providers:vsphere");
  const { user, password } = provider?.inputs ?? {};
  const plain = (value: unknown) => JSON.parse((value as { plaintext?: string }).plaintext ?? JSON.stringify(value));
  return { user: plain(user), password: plain(password) };
}

/** Requests to the cluster's API end at a port where nobody listens; those to vCenter, on this machine, do not go there. */
const proxy = "http://127.0.0.1:1";
const near = "127.0.0.1,localhost";
const withoutCluster = { HTTPS_PROXY: proxy, https_proxy: proxy, NO_PROXY: near, no_proxy: near };

/** Certificates have as long to go as when the state was recorded: their renewal is no change of the program. */
function asYoung({ deployment, ...rest }: Checkpoint): Checkpoint {
  const age = Date.now() - Date.parse(deployment.manifest.time);
  const resources = deployment.resources.map((resource) => {
    const { validityEndTime } = resource.outputs ?? {};
    if (typeof validityEndTime !== "string") return resource;
    const later = new Date(Date.parse(validityEndTime) + age).toISOString().replace(/\.\d+Z$/, "Z");
    return { ...resource, outputs: { ...resource.outputs, validityEndTime: later } };
  });
  return { ...rest, deployment: { ...deployment, resources } };
}
