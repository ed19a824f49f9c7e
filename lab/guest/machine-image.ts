import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { withLock } from "../../image/build/lock";
import { machineBase } from "../../image/machine/base";
import { currentRelease, type Release } from "../../image/programs/release";
import { ensure, type Progress, type Run, runner } from "../toolchain/artifact";
import { machineImage } from "./machine-root";

export { machineImage } from "./machine-root";

/** Docker's name of the machine image: `groundwork-node:<hash>`. Puts it together if Docker does not have it. */
export async function loadMachineImage(progress?: Progress, release: Release = currentRelease): Promise<string> {
  const run = runner(progress);
  const folder = await ensure(machineImage(release), progress);
  const image = `groundwork-node:${hashOf(folder)}`;
  if (await dockerHas(image, run)) return image;
  const load = async (): Promise<void> => {
    if (!(await dockerHas(image, run)))
      await assemble(image, await loadBase(run, progress), join(folder, "rootfs"), run);
  };
  progress?.(`giving Docker ${image}`);
  await withLock(`${folder}.docker`, load, () => progress?.("another run is giving Docker the machine image; waiting"));
  return image;
}

/** Docker can neither import a stop signal nor add a folder to an image by itself: a container that never runs can. */
async function assemble(image: string, base: string, rootfs: string, run: Run): Promise<void> {
  const container = image.replace(":", "-");
  const remove = (): Promise<string> => run("docker", ["rm", "--force", container]).catch(() => ""); // there may be none
  await remove();
  try {
    await run("docker", ["create", "--name", container, "--stop-signal", "SIGRTMIN+3", base, "/sbin/init"]);
    await copyInto(container, rootfs);
    await run("docker", ["commit", container, image]);
  } finally {
    await remove();
  }
}

async function loadBase(run: Run, progress?: Progress): Promise<string> {
  const folder = await ensure(machineBase(), progress);
  const image = `groundwork-base:${hashOf(folder)}`;
  if (!(await dockerHas(image, run))) await run("docker", ["import", join(folder, "base.tar"), image]);
  return image;
}

async function dockerHas(image: string, run: Run): Promise<boolean> {
  return (await run("docker", ["image", "ls", "--quiet", image])).trim() !== "";
}

function hashOf(folder: string): string {
  return folder.slice(folder.lastIndexOf("-") + 1);
}

async function copyInto(container: string, folder: string): Promise<void> {
  const tar = spawn("tar", ["-C", folder, "-c", "."], { stdio: ["ignore", "pipe", "inherit"] });
  const docker = spawn("docker", ["cp", "-", `${container}:/`], { stdio: ["pipe", "ignore", "pipe"] });
  const ended = Promise.all([text(docker.stderr), once(docker, "exit")]);
  const broken = await pipeline(tar.stdout, docker.stdin).catch((error: Error) => error);
  const [problem, [code]] = await ended;
  if (code !== 0 || broken) throw new Error(`docker cp: ${problem.trim() || broken?.message || `exit code ${code}`}`);
}
