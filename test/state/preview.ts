import type { Checkpoint, ExpectedChange, RecordedState } from "../../lab/recordedState";
import type { SiteHardware } from "../../lab/vcenter/inventory";
import { program } from "../support/existingSite";
import { Project } from "../support/project";
import { installed } from "../support/standins";
import { startTestCenter, vsphere } from "../support/testCenter";

/** What the present program would do to a recorded state; the changes by the names of their resources. */
export interface Previewed {
  /** URNs of the resources that stay as they are, in order. */
  unchanged: string[];
  changes: Omit<ExpectedChange, "why">[];
}

export const byName = (a: { name: string; type: string }, b: { name: string; type: string }) =>
  `${a.name} ${a.type}` < `${b.name} ${b.type}` ? -1 : 1;

interface Step {
  op: string;
  urn: string;
  oldState?: { inputs?: Record<string, unknown> };
  newState?: { inputs?: Record<string, unknown> };
}

/**
 * Previews a recorded state with the present program, the real engine and plugins. vCenter is a new one with the same inventory, which has
 * the same ids. Machines and the cluster are gone, and nobody asks for them: the plugin of Kubernetes compares what was asked for.
 */
export async function previewRecorded(recorded: RecordedState): Promise<Previewed> {
  const site = recorded.config["groundwork:site"] as SiteHardware & { hypervisor: { server: string } };
  const center = await startTestCenter(site, loginOf(recorded.checkpoint));
  try {
    const { server } = center.datacenter;
    const elsewhere = (value: unknown) =>
      JSON.parse(JSON.stringify(value).replaceAll(`"${site.hypervisor.server}"`, `"${server}"`));
    const project = await Project.create({
      files: program,
      stack: recorded.stack,
      plugins: [await vsphere(), ...(await installed("command", "tls", "kubernetes"))],
      env: { ...center.datacenter.environment, ...withoutCluster },
      config: elsewhere(recorded.config),
    });
    try {
      await project.import(elsewhere(asYoung(recorded.checkpoint)));
      return read(await project.preview("--json", "--show-sames"));
    } finally {
      project.remove();
    }
  } finally {
    await center.stop();
  }
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

function read({ code, output }: { code: number; output: string }): Previewed {
  if (code !== 0) throw new Error(output);
  const { steps } = JSON.parse(output.slice(output.indexOf("{"))) as { steps: Step[] };
  const changes = steps
    .filter(({ op }) => op !== "same")
    .map(changeOf)
    .sort(byName);
  const unchanged = steps.filter(({ op }) => op === "same").map(({ urn }) => urn);
  return { unchanged: unchanged.sort(), changes };
}

function changeOf({ op, urn, oldState, newState }: Step): Previewed["changes"][number] {
  const [types = "", name = ""] = urn.split("::").slice(2);
  // Secrets are shown alike, whatever is in them.
  const inputs = op === "update" ? differing(oldState?.inputs ?? {}, newState?.inputs ?? {}) : [];
  return { type: types.slice(types.lastIndexOf("$") + 1), name, op, ...(inputs.length > 0 && { inputs }) };
}

/** Names of the properties that are not the same in both. */
function differing(before: Record<string, unknown>, after: Record<string, unknown>): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}
