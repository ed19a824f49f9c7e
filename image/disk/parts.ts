import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Artifact, ensure, type Run } from "../build/artifact";
import { goCommand } from "../build/go";
import { containerImages } from "../containers/container-images";
import { machineBase, type OperatingSystem, operatingSystems } from "../machine/base";
import { machineRoot } from "../machine/root";
import { debianParts, goParts, type Part } from "../output/bom";
import { metalLb } from "../programs/metalLb";
import type { Release } from "../programs/release";
import {
  cni,
  containerd,
  descheduler,
  kubeRouter,
  kubernetes,
  localPathProvisioner,
  metricsServer,
  pause,
  registry,
} from "../programs/upstream";

/** The programs of an image, those in its container images too. */
function programsOf({ kubernetes: own, etcd, coredns }: Release): Artifact[] {
  const others = [...coredns, metricsServer, descheduler, kubeRouter, metalLb, localPathProvisioner, cni, pause];
  return [...new Set([own, kubernetes, etcd, containerd, registry, ...others])];
}

/** Everything that a disk is made of, in the order in which it is built: each builds on those before it alone. */
export function artifactsOfImage(system: OperatingSystem, release: Release): Artifact[] {
  const bases = [...new Set([operatingSystems[0], system])].map(machineBase);
  return [...programsOf(release), ...bases, containerImages(release), machineRoot(release)];
}

/** Everything that is in a tree: Debian's packages, programs with the modules that they were built of, container images. */
export async function partsOf(root: string, system: OperatingSystem, release: Release, run: Run): Promise<Part[]> {
  const debian = debianParts(await readFile(join(root, "var/lib/dpkg/status"), "utf8"), system.name);
  const built = await Promise.all(programsOf(release).map((artifact) => partsOfProgram(artifact, run)));
  const digests = join(root, "usr/lib/container-images/digests.json");
  const images = Object.entries(JSON.parse(await readFile(digests, "utf8")) as Record<string, string>);
  const containers = images.map(([name, digest]): Part => {
    const at = name.lastIndexOf(":");
    return { type: "container", name: name.slice(0, at), version: name.slice(at + 1), digest };
  });
  return [...debian, ...built.flat(), ...containers];
}

async function partsOfProgram(artifact: Artifact, run: Run): Promise<Part[]> {
  const folder = await ensure(artifact);
  const { version } = artifact;
  const programs = (await readdir(folder)).sort();
  const told = await run(await goCommand(), ["version", "-m", ...programs.map((name) => join(folder, name))]);
  return [...programs.map((name): Part => ({ type: "application", name, version })), ...goParts(told)];
}
