import { setTimeout as sleep } from "node:timers/promises";
import { type Progress, runner } from "../toolchain/artifact";

/** Docker's name of the network that a lab's machines are on. */
export function networkName(lab: string): string {
  return `groundwork-${lab}`;
}

/** Label of everything in Docker that belongs to a lab. */
export function labLabel(lab: string): string {
  return `groundwork.lab=${lab}`;
}

/** Makes the lab's network. One with another subnet, which only a lab of before can have left, is replaced. */
export async function ensureNetwork(lab: string, subnet: string, progress?: Progress): Promise<void> {
  const name = networkName(lab);
  const found = await subnetOf(name);
  if (found === subnet) return;
  if (found !== undefined) await removeNetwork(lab, progress);
  progress?.(`making the network ${subnet}`);
  await runner()("docker", ["network", "create", "--subnet", subnet, "--label", labLabel(lab), name]);
}

/** Docker takes less than this to let go of a machine's end of a network after the machine is removed. */
const patience = 5_000;

/**
 * Removes the lab's network; its machines must be gone. Docker may have lost count of their ends while many came and went, and
 * then keeps an empty network until it is restarted: that is told, and in nobody's way.
 */
export async function removeNetwork(lab: string, progress?: Progress): Promise<void> {
  const name = networkName(lab);
  for (const deadline = Date.now() + patience; (await subnetOf(name)) !== undefined; await sleep(200)) {
    try {
      await runner()("docker", ["network", "rm", name]);
    } catch (error) {
      if (!/active endpoints/.test(`${error}`)) throw error;
      if (Date.now() < deadline) continue;
      const told = progress ?? ((text: string) => process.emitWarning(text));
      return told(`Docker keeps the network ${name}, which nothing uses any more; it is gone after Docker's restart`);
    }
  }
}

async function subnetOf(name: string): Promise<string | undefined> {
  const run = runner();
  const ids = await run("docker", ["network", "ls", "--quiet", "--filter", `name=^${name}$`]);
  if (ids.trim() === "") return undefined;
  const format = "{{range .IPAM.Config}}{{.Subnet}}{{end}}";
  return (await run("docker", ["network", "inspect", "--format", format, name])).trim();
}
