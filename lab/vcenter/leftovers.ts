import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Progress, runner } from "../toolchain/artifact";
import { labLabel, removeNetwork } from "./network";

/** Removes everything of a lab that its datacenter made outside its folder: containers, images, mounts, the network. */
export async function cleanUp(lab: string, folder: string, progress?: Progress): Promise<void> {
  const run = runner();
  const containers = lines(await run("docker", ["ps", "--all", "--quiet", "--filter", `label=${labLabel(lab)}`]));
  if (containers.length > 0) {
    progress?.(`removing ${containers.length} machines`);
    await run("docker", ["rm", "--force", "--volumes", ...containers]);
  }
  const kept = `reference=groundwork-${lab}-kept-*`;
  const images = lines(await run("docker", ["image", "ls", "--quiet", "--filter", kept]));
  if (images.length > 0) await run("docker", ["image", "rm", "--force", ...new Set(images)]);
  for (const mount of mountsBelow(join(folder, "devices"))) await run("umount", [mount]);
  await removeNetwork(lab, progress);
}

/** Mount points below a folder, the innermost first. */
function mountsBelow(folder: string): string[] {
  const points = lines(readFileSync("/proc/self/mountinfo", "utf8")).map((line) => unescaped(line.split(" ")[4] ?? ""));
  return points.filter((point) => point.startsWith(`${folder}/`)).reverse();
}

/** The kernel writes blanks and backslashes of a path as octal numbers. */
function unescaped(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
