import { Command } from "commander";
import { parseAllDocuments } from "yaml";
import { downloadManifest } from "../../components/addons/manifest";
import { readSite } from "../../site/description/parse";
import { printable } from "../../site/description/problem";
import type { PodNetwork, SiteSpec } from "../../site/description/spec";
import { UnusableInput } from "../../site/description/unusableInput";
import { planSite } from "../../site/plan/plan";
import { type Image, imagesOf } from "../../site/render/images";
import { readSiteFile } from "../input/document";
import { siteFileOf } from "../input/siteFile";
import { table } from "../output/table";
import { digestOf } from "./registry";

interface ImagesOptions {
  stack?: string;
  configFile?: string;
  digests?: boolean;
  json?: boolean;
}

/** An image as it is listed; its digest where it was asked for, or is part of its name. */
export interface ListedImage extends Image {
  digest?: string;
}

/** What is listed, and what of it could not be told. */
export interface Listing {
  images: ListedImage[];
  notes: string[];
}

/** `groundwork images`: every image that a site will run. */
export function imagesCommand(): Command {
  return new Command("images")
    .description("list every image that a site will run, as it is asked for and where it comes from, to be mirrored")
    .argument("[file]", "a site's YAML or JSON file, or a Pulumi stack file")
    .option("--stack <stack>", "a Pulumi stack instead: its configuration is read")
    .option("--config-file <file>", "the stack's configuration (default: stacks/Pulumi.<stack>.yaml)")
    .option("--digests", "ask the registries for each image's digest")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nThe images of a pod network's manifest are read from where the manifest is." +
        "\nExit code: 0 all are told, 1 some are not, 2 unusable input.",
    )
    .action(async (file: string | undefined, options: ImagesOptions) => {
      const listing = await listImages(siteFileOf({ file, ...options }), options);
      process.stdout.write(options.json ? `${JSON.stringify(listing, null, 2)}\n` : printed(listing, options));
      for (const note of options.json ? [] : listing.notes) process.stderr.write(`${note}\n`);
      process.exitCode = listing.notes.length > 0 ? 1 : 0;
    });
}

/** @throws UnusableInput for a description that cannot be used */
export async function listImages(file: string, options: Pick<ImagesOptions, "digests">): Promise<Listing> {
  const result = readSite(readSiteFile(file));
  if ("problems" in result) throw new UnusableInput(result.problems);
  return imagesOfSite(result.spec, options);
}

/** Every image of a described site. */
export async function imagesOfSite(spec: SiteSpec, { digests }: Pick<ImagesOptions, "digests"> = {}): Promise<Listing> {
  const plan = planSite(spec);
  const network = await networkImages(plan.spec.kubernetes.podNetwork);
  const images: ListedImage[] = [...imagesOf(plan), ...network.images];
  const notes = [...network.notes];
  const answers = await Promise.all(images.map(({ image }) => (digests ? knownDigest(image) : undefined)));
  for (const [i, answer] of answers.entries()) {
    const image = images[i];
    if (answer === undefined || image === undefined) continue;
    if ("digest" in answer) image.digest = answer.digest;
    else notes.push(`${image.image}: ${answer.problem}; mirror it there, or see whether this computer reaches it`);
  }
  return { images, notes };
}

function knownDigest(image: string): ReturnType<typeof digestOf> {
  const [, digest] = image.split("@");
  return digest ? Promise.resolve({ digest }) : digestOf(image);
}

/** What a pod network of somebody else's runs. */
async function networkImages(network: PodNetwork): Promise<Listing> {
  const path = "kubernetes.podNetwork";
  switch (network.kind) {
    case "routed":
      return { images: [], notes: [] };
    case "none":
      return { images: [], notes: [`${path}: its images are not known; list those of the network that you install`] };
    case "cilium":
      return {
        images: [],
        notes: [
          `${path}: the images of Cilium's chart are not listed; run \`helm template cilium --repo https://helm.cilium.io --version ${network.version}\` and take its image lines`,
        ],
      };
    case "manifest":
      return imagesInManifest(network, path);
    default:
      return network satisfies never;
  }
}

async function imagesInManifest(network: Extract<PodNetwork, { kind: "manifest" }>, path: string): Promise<Listing> {
  try {
    const text = await downloadManifest(network);
    const found = new Set(parseAllDocuments(text).flatMap((document) => imageValues(document.toJS())));
    return { images: [...found].sort().map((image) => ({ image, source: image, usedBy: "pod network" })), notes: [] };
  } catch (error) {
    return {
      images: [],
      notes: [`${path}: its images are not listed (${printable((error as Error).message)}); mend that and try again`],
    };
  }
}

/** Every `image` of a container, wherever it stands. */
function imageValues(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const { image, ...rest } = value as Record<string, unknown>;
  return [...(typeof image === "string" ? [image] : []), ...Object.values(rest).flatMap(imageValues)];
}

function printed({ images }: Listing, { digests }: ImagesOptions): string {
  const rows = images.map(({ image, source, usedBy, digest }) => [
    ...[printable(image), image === source ? "" : printable(source), usedBy],
    ...(digests ? [digest ?? ""] : []),
  ]);
  return `${table(["IMAGE", "MIRRORED FROM", "USED BY", ...(digests ? ["DIGEST"] : [])], rows)}\n`;
}
