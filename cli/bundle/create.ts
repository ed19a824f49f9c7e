import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { ensure } from "../../image/build/artifact";
import { runner } from "../../image/build/run";
import { imageLayout } from "../../image/containers/container-images";
import { type Part as BomPart, bom } from "../../image/output/bom";
import { currentRelease, earlierRelease, type Release } from "../../image/programs/release";
import { readSite } from "../../site/description/parse";
import type { Problem } from "../../site/description/problem";
import type { SiteSpec } from "../../site/description/spec";
import { UnusableInput, unusable } from "../../site/description/unusableInput";
import { imagesOfSite } from "../images/command";
import { readSiteFile } from "../input/document";
import { step } from "../output/step";
import { table } from "../output/table";
import { keyProblems, signatureOf } from "../process/signature";
import { writeArchive } from "./archive";
import { indexText, type Part } from "./contents";
import { gibIn, gibOf, lacksForBundle, noFile } from "./lacks";
import { Layout } from "./layout";
import { containerImages } from "./parts/images";
import { type MachineImage, machineImageOf, machineImageParts } from "./parts/machineImage";
import { type Programs, programParts, programsHere } from "./parts/programs";
import { type Project, projectHere, projectParts } from "./parts/project";

/** What a signature of a bundle is for; `ssh-keygen -Y verify` asks for it. */
export const BUNDLE_NAMESPACE = "groundwork-bundle";

/** GiB that container images, programs and packages of a site take, twice: as parts and as one file. */
const NEEDED_GIB = 4;

/** What `bundle create` is asked for. */
export interface CreateOptions {
  output: string;
  upgradeTo?: string;
  image: string[];
  layout: string[];
  /** Container images are built, not fetched. */
  built?: boolean;
  authfile?: string;
  key?: string;
}

/** Everything that goes into a bundle, found and not yet packed. */
interface Found {
  spec: SiteSpec;
  /** Versions of Kubernetes, the site's own first. */
  kubernetes: string[];
  images: { source: string }[];
  machineImages: MachineImage[];
  programs: Programs[];
  project: Project;
}

/** Makes a bundle, tells what it does on standard error, and prints what is in it. */
export async function createBundle(siteFile: string, options: CreateOptions): Promise<void> {
  const folder = process.cwd();
  const output = resolve(options.output);
  const found = await find(siteFile, folder, output, options);
  const begun = Date.now();
  const work = `${output}.partial`;
  mkdirSync(join(work, "files"), { recursive: true });
  const layout = new Layout(join(work, "layout"));
  const files = join(work, "files");
  const parts: Part[] = [];
  const layouts = [...options.layout];
  if (options.built)
    for (const version of found.kubernetes)
      await step(`Build container images for Kubernetes ${version}`, async (say) => {
        layouts.push(join(await ensure(imageLayout(releaseOf(version)), say), "layout"));
      });
  await step("Container images", async (say) => {
    parts.push(...(await containerImages(layout, found.images, { ...options, layouts }, say)));
  });
  await step("Machine images", async () => {
    parts.push(...(await machineImageParts(layout, found.machineImages, files)));
  });
  await step("Programs", async (say) => {
    parts.push(...(await programParts(layout, found.programs, files, runner(say))));
  });
  await step("The project and its packages", async (say) => {
    parts.push(...(await projectParts(layout, folder, found.project, files, runner(say))));
  });
  const parted = billOfMaterials(found, parts);
  const descriptor = layout.put("application/vnd.cyclonedx+json", parted);
  parts.push({ kind: "bill-of-materials", name: "bom.cdx.json", version: "1.6", descriptor });
  const index = indexText({
    site: found.spec.name,
    created: new Date(begun).toISOString(),
    kubernetes: found.kubernetes,
    platform: `${process.platform}/${process.arch}`,
    parts,
  });
  const signature = options.key && (await signatureOf(index, BUNDLE_NAMESPACE, options.key));
  await step(`Write ${output}`, async (say) => {
    const whole = join(work, "bundle");
    const descriptors = parts.map((part) => part.descriptor);
    await writeArchive(whole, layout, { index, ...(signature && { signature }) }, descriptors, say);
    renameSync(whole, output);
  });
  rmSync(work, { recursive: true });
  process.stdout.write(`${partTable(parts)}

bundle       ${output}, ${Math.round(statSync(output).size / 2 ** 20)} MiB, in ${Math.round((Date.now() - begun) / 1000)} s
signature    ${signature ? "by your key" : "none: whoever takes it has to trust the way that it came; sign it with --key"}
`);
}

/** Everything that is needed, or all that stands in the way. */
async function find(siteFile: string, folder: string, output: string, options: CreateOptions): Promise<Found> {
  const spec = readSpec(readSiteFile(siteFile));
  const later = options.upgradeTo === undefined ? [] : [upgraded(siteFile, options.upgradeTo)];
  const problems: Problem[] = [...options.image.flatMap((file) => noFile("--image", file))];
  if (options.built) for (const { kubernetes } of [spec, ...later]) releaseOf(kubernetes.version);
  if (options.key !== undefined) problems.push(...(await keyProblems(options.key)));
  for (const layout of options.layout) problems.push(...noFile("--layout", join(layout, "index.json")));
  if (existsSync(output) && !statSync(output).isFile())
    problems.push({ path: output, fact: "it is no file", fix: "name a file with --output" });
  if (!existsSync(dirname(output)))
    problems.push({ path: output, fact: "its folder is not there", fix: "make it, or name another file" });
  else {
    const held = gibIn(join(`${output}.partial`, "layout/blobs/sha256"));
    const gib = NEEDED_GIB - held + options.image.reduce((sum, file) => sum + 2 * gibOf(file), 0);
    problems.push(...lacksForBundle({ skopeo: true, folder: dirname(output), gib }));
  }
  const listings = [];
  for (const each of [spec, ...later]) listings.push(await imagesOfSite(each));
  for (const note of new Set(listings.flatMap(({ notes }) => notes)))
    problems.push({
      path: "container images",
      fact: note,
      fix: "only a site all of whose images are known is bundled",
    });
  const programs = await programsHere(folder);
  problems.push(...programs.problems);
  if (problems.length > 0) throw new UnusableInput(problems);
  const own = relative(folder, resolve(siteFile));
  const project = await projectHere(folder, own.startsWith("..") ? [] : [own, own.replace(/\.ya?ml$/, ".plan.json")]);
  const images = [...new Set(listings.flatMap((listing) => listing.images.map(({ source }) => source)))].sort();
  return {
    spec,
    kubernetes: [spec, ...later].map((each) => each.kubernetes.version),
    images: images.map((source) => ({ source })),
    machineImages: options.image.map((file) => machineImageOf(resolve(file))),
    programs: programs.found,
    project,
  };
}

function releaseOf(version: string): Release {
  const release = [currentRelease, earlierRelease].find(({ kubernetes }) => kubernetes.version === version);
  if (release !== undefined) return release;
  const known = [currentRelease, earlierRelease].map(({ kubernetes }) => kubernetes.version);
  throw unusable("--built", `Kubernetes ${version} cannot be built`, `leave --built out, or say ${known.join(" or ")}`);
}

function readSpec(document: unknown): SiteSpec {
  const result = readSite(document);
  if ("problems" in result) throw new UnusableInput(result.problems);
  return result.spec;
}

/** The site at a later version of Kubernetes. */
function upgraded(siteFile: string, version: string): SiteSpec {
  const document = readSiteFile(siteFile) as { kubernetes?: object };
  try {
    return readSpec({ ...document, kubernetes: { ...document.kubernetes, version } });
  } catch (error) {
    throw unusable("--upgrade-to", `${version}: ${(error as Error).message}`, "name a version that the site can go to");
  }
}

function billOfMaterials({ spec, programs, project, machineImages }: Found, parts: readonly Part[]): string {
  const images = parts
    .filter(({ kind }) => kind === "container-image")
    .map(({ name, version, descriptor: { digest } }): BomPart => {
      const purl = `pkg:oci/${name.split("/").at(-1)}@${encodeURIComponent(digest)}?repository_url=${name}&tag=${version}`;
      return { type: "container", name, version, purl, digest };
    });
  const applications = programs.map(({ name, version }): BomPart => ({ type: "application", name, version }));
  const packages = project.packages.map((path): BomPart => {
    const { name, version } = JSON.parse(readFileSync(join(path, "package.json"), "utf8")) as Record<string, string>;
    const purl = `pkg:npm/${(name ?? "").replace("@", "%40")}@${version}`;
    return { type: "library", name: name ?? path, version: version ?? "", purl };
  });
  const all = [...images, ...applications, ...packages, ...machineImages.flatMap((image) => image.parts)];
  const digest = createHash("sha256").update(JSON.stringify(all)).digest("hex");
  const id = digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
  return bom({ type: "application", name: spec.name, version: spec.kubernetes.version, id }, all);
}

/** What is in a bundle, for people. */
export function partTable(parts: readonly Part[]): string {
  const rows = parts.map(({ kind, name, version, descriptor: { digest } }) => [kind, name, version, digest]);
  return table(["PART", "NAME", "VERSION", "DIGEST"], rows);
}
