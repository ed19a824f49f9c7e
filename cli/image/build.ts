import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type Artifact, ensure, isBuilt, type Progress, runner } from "../../image/build/artifact";
import { machineDisk } from "../../image/disk/disk";
import { artifactsOfImage } from "../../image/disk/parts";
import { type OperatingSystem, operatingSystems } from "../../image/machine/base";
import { convert, type Format, formats } from "../../image/output/convert";
import { writeOva } from "../../image/output/ova";
import { currentRelease, earlierRelease, type Release } from "../../image/programs/release";
import type { Problem } from "../../site/description/problem";
import { UnusableInput } from "../../site/description/unusableInput";
import { step } from "../output/step";
import { table } from "../output/table";
import { keyProblems } from "../process/signature";
import { lacksForImage } from "./lacks";
import { writeDigests } from "./sign";

/** What `image build` is asked for, as it was written. */
export interface BuildOptions {
  kubernetes: string;
  format: string;
  os: string;
  output?: string;
  key?: string;
}

/** An image that can be built. */
interface Wanted {
  release: Release;
  system: OperatingSystem;
  format: Format;
  /** `groundwork-node-<version>-<system>`: what a template of it may be called. */
  name: string;
  output: string;
}

const releases = [currentRelease, earlierRelease];

/** The versions of Kubernetes that an image can have, the newest first. */
export const versions = releases.map(({ kubernetes }) => kubernetes.version);

/** @throws UnusableInput with all that is wrong with what is asked for */
export function wantedImage({ kubernetes, format, os, output }: BuildOptions): Wanted {
  const problems: Problem[] = [];
  const choose = <T>(option: string, value: string, all: readonly T[], name: (one: T) => string): T | undefined => {
    const found = all.find((one) => name(one) === value);
    if (found === undefined)
      problems.push({ path: option, fact: `${value} cannot be built`, fix: `say ${all.map(name).join(", ")}` });
    return found;
  };
  const release = choose("--kubernetes", kubernetes, releases, (one) => one.kubernetes.version);
  const system = choose("--os", os, operatingSystems, ({ name }) => name);
  const chosen = choose("--format", format, formats, (one) => one);
  const name = `groundwork-node-${kubernetes}-${os}`;
  const file = resolve(output ?? `${name}.${format}`);
  if (existsSync(file) && !statSync(file).isFile())
    problems.push({ path: file, fact: "it is no file", fix: "name a file with --output" });
  if (release === undefined || system === undefined || chosen === undefined || problems.length > 0)
    throw new UnusableInput(problems);
  return { release, system, format: chosen, name, output: file };
}

/** Builds an image, tells what it does on standard error, and prints what it made. */
export async function buildImage(options: BuildOptions): Promise<void> {
  const wanted = wantedImage(options);
  const { release, system, output } = wanted;
  const lacks = await lacksForImage(wanted.format, output);
  if (options.key !== undefined) lacks.push(...(await keyProblems(options.key)));
  if (lacks.length > 0) throw new UnusableInput(lacks);
  const begun = Date.now();
  for (const artifact of artifactsOfImage(system, release)) await build(artifact);
  const disk = await build(machineDisk(system, release));
  const [partial, parts] = [`${output}.partial`, `${output}.cdx.json`];
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial);
  try {
    const whole = join(partial, basename(output));
    await step(`Write ${output}`, (progress) => write(wanted, join(disk, "disk.raw"), whole, progress));
    renameSync(whole, output);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  copyFileSync(join(disk, "bom.cdx.json"), parts);
  await step("Compute digests", () => writeDigests(`${output}.sha256`, [output, parts], options.key));
  const contents = JSON.parse(readFileSync(join(disk, "contents.json"), "utf8")) as Record<string, number>;
  const filled = Object.entries(contents).map(([what, mib]) => [what, `${mib} MiB`]);
  const size = Math.round((statSync(output).blocks * 512) / 2 ** 20);
  process.stdout.write(`${table(["IN IT", "UNPACKED"], filled)}

image        ${output}, ${size} MiB, in ${Math.round((Date.now() - begun) / 1000)} s
parts        ${parts}
digests      ${output}.sha256${options.key ? `, signed in ${output}.sha256.sig` : ""}
`);
}

async function write({ format, name, system, release }: Wanted, disk: string, to: string, progress: Progress) {
  const run = runner(progress);
  if (format !== "ova") return convert(disk, format, to, run);
  return writeOva(disk, { name, guest: system.vmware, version: release.kubernetes.version }, to, run);
}

async function build(artifact: Artifact): Promise<string> {
  if (await isBuilt(artifact)) return ensure(artifact);
  const { title, expected } = artifact;
  let folder = "";
  await step(`Build ${title}${expected ? ` (${expected})` : ""}`, async (progress) => {
    folder = await ensure(artifact, progress);
  });
  return folder;
}
