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
  if (found !== undefined) await removeNetwork(lab);
  progress?.(`making the network ${subnet}`);
  await runner()("docker", ["network", "create", "--subnet", subnet, "--label", labLabel(lab), name]);
}

/** Removes the lab's network; its machines must be gone. */
export async function removeNetwork(lab: string): Promise<void> {
  const name = networkName(lab);
  if ((await subnetOf(name)) !== undefined) await runner()("docker", ["network", "rm", name]);
}

async function subnetOf(name: string): Promise<string | undefined> {
  const run = runner();
  const ids = await run("docker", ["network", "ls", "--quiet", "--filter", `name=^${name}$`]);
  if (ids.trim() === "") return undefined;
  const format = "{{range .IPAM.Config}}{{.Subnet}}{{end}}";
  return (await run("docker", ["network", "inspect", "--format", format, name])).trim();
}
