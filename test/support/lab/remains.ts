import { existsSync, readFileSync } from "node:fs";
import { labFolder } from "../../../lab/state";
import { processes } from "./processes";
import { attempt } from "./site";

/** Names of a lab's containers that run; with `--all` of others, too. */
export async function containers(lab: string, ...flags: string[]): Promise<string[]> {
  return docker("ps", ...flags, "--filter", `label=groundwork.lab=${lab}`, "--format", "{{.Names}}");
}

/** All that this machine still has of a lab that was destroyed: containers, networks, images, mounts, loop devices, processes, files. */
export async function remainsOf(lab: string, subnet: number): Promise<string[]> {
  const folder = labFolder(lab);
  const loops = await attempt("losetup", ["--list", "--noheadings", "--output", "BACK-FILE"]);
  const addresses = await attempt("ip", ["-4", "-o", "addr"]);
  const lines = [
    ...readFileSync("/proc/self/mountinfo", "utf8").split("\n"),
    ...loops.stdout.split("\n"),
    ...processes().map(({ command }) => command.join(" ")),
  ];
  return [
    ...(await containers(lab, "--all")),
    ...(await docker("network", "ls", "--quiet", "--filter", `name=^groundwork-${lab}$`)),
    ...(await docker("image", "ls", "--quiet", "--filter", `reference=groundwork-${lab}-*`)),
    ...lines.filter((line) => line.includes(`${folder}/`)),
    ...addresses.stdout.split("\n").filter((line) => line.includes(`10.42.${subnet}.`)),
    ...(existsSync(folder) ? [folder] : []),
  ];
}

async function docker(...args: string[]): Promise<string[]> {
  return (await attempt("docker", args)).stdout.split("\n").filter(Boolean).sort();
}
