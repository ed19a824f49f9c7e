import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Progress } from "../../image/build/run";
import { printable } from "../../site/description/problem";
import { UnusableInput, unusable } from "../../site/description/unusableInput";
import { writeWhole } from "../output/file";
import { step } from "../output/step";
import { privateFolder } from "../process/privateFolder";
import { type SiteRegistry, siteRegistry, writeCertificates } from "../registry/site";
import { readArchive } from "./archive";
import { type Contents, indexText, readIndex } from "./contents";
import { gibIn, gibOf, lacksForBundle } from "./lacks";
import { Layout } from "./layout";
import { placeParts } from "./place";
import { pushImages, type Registry } from "./registry";
import { present, type Trust, trusted } from "./verify";

/** What `bundle apply` is asked for. */
export interface ApplyOptions extends Trust {
  into: string;
  registry?: string;
  /** A stack whose site has a registry of its own. */
  to?: string;
  authfile?: string;
  certs?: string;
  older?: boolean;
}

/** What a run moved. */
interface Moved {
  bytes: number;
  parts: number;
}

/**
 * Fills a folder and a registry from a bundle: only what is missing there. Nothing of a bundle counts before all of it was compared with
 * its digests; what was copied before an end in the middle is taken up by the next run.
 */
export async function applyBundle(file: string, options: ApplyOptions): Promise<void> {
  present(file, options);
  const into = resolve(options.into);
  if (options.registry !== undefined && options.to !== undefined)
    throw unusable("--to", "--registry is named, too", "leave one of them out");
  const named = options.registry === undefined ? [] : [readRegistry(options.registry, options)];
  const held = gibIn(join(into, "layout/blobs/sha256"));
  // Parts lie there packed and unpacked; those that a run before brought need no room.
  const gib = held === 0 ? 2 * gibOf(file) : Math.max(0.1, gibOf(file) - held);
  const lacks = lacksForBundle({ skopeo: named.length > 0 || options.to !== undefined, folder: into, gib });
  if (lacks.length > 0) throw new UnusableInput(lacks);
  const site = options.to === undefined ? undefined : await siteRegistry(stackOf(options.to));
  const moved: Moved = { bytes: 0, parts: 0 };
  const layoutFolder = join(into, "layout");
  let contents: Contents | undefined;
  await step("Copy what is missing", async (say) => {
    contents = await takeBlobs(file, layoutFolder, options, moved, say);
  });
  if (contents === undefined) return;
  const layout = new Layout(layoutFolder);
  await step("Unpack", async (say) => {
    moved.parts = await placeParts(layout, contents?.parts ?? [], into, say);
  });
  // What counts is written last.
  writeWhole(join(layoutFolder, "index.json"), indexText(contents));
  const images = contents.parts.filter(({ kind }) => kind === "container-image");
  const pushed: string[] = [];
  const push = async (registry: Registry): Promise<void> =>
    step(`Container images into ${registry.host}`, async (say) => {
      const count = await pushImages(layout, images, registry, say);
      pushed.push(`, ${count} of ${images.length} container images into ${registry.host}`);
    });
  for (const registry of named) await push(registry);
  if (site) await withCertificates(site, async (certs) => fillCopies(site, certs, push));
  process.stdout.write(
    `moved        ${moved.bytes} bytes of blobs, ${moved.parts} parts into ${into}${pushed.join("")}\n` +
      `use it       . ${join(into, "environment")}\n`,
  );
}

const stackOf = (stack: string) => ({ folder: process.cwd(), stack, env: process.env });

async function withCertificates(site: SiteRegistry, use: (certs: string) => Promise<void>): Promise<void> {
  const folder = privateFolder();
  try {
    writeCertificates(site, folder.path);
    await use(folder.path);
  } finally {
    folder.close();
  }
}

/** One copy after the other; what one lacks that is down now it gets from the other one, or from the next run. */
async function fillCopies(
  { copies }: SiteRegistry,
  certs: string,
  push: (registry: Registry) => Promise<void>,
): Promise<void> {
  const problems: Error[] = [];
  for (const host of copies) await push({ host, certs, hasUpstreams: true }).catch((error) => problems.push(error));
  if (problems[0]) throw problems[0];
}

function readRegistry(text: string, { authfile, certs }: Pick<ApplyOptions, "authfile" | "certs">): Registry {
  const [, host, path = ""] = /^([A-Za-z0-9.-]+(?::\d{1,5})?)((?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*)$/.exec(text) ?? [];
  if (host === undefined)
    throw unusable(
      "--registry",
      `${printable(text)} is none`,
      "say HOST[:PORT] and, if there is one, a path: registry.shop.example:5000/k8s",
    );
  for (const [option, path] of Object.entries({ "--authfile": authfile, "--certs": certs }))
    if (path !== undefined && !existsSync(path)) throw unusable(option, `there is no ${path}`, "correct its name");
  return { host: `${host}${path}`, ...(authfile && { authfile }), ...(certs && { certs }) };
}

/** Takes over the blobs that the folder has not; those that it has were compared when they came. */
async function takeBlobs(
  file: string,
  folder: string,
  options: ApplyOptions,
  moved: Moved,
  say: Progress,
): Promise<Contents> {
  let layout: Layout | undefined;
  let partial: string | undefined;
  try {
    return await readArchive(file, {
      begin: async (contents, head) => {
        await trusted(file, head, options);
        suits(file, contents, folder, options);
        mkdirSync(folder, { recursive: true });
        layout = new Layout(folder);
      },
      open: async (blob) => {
        if (layout === undefined || layout.has(blob)) return undefined;
        partial = `${layout.path(blob.digest)}.partial`;
        say(`${blob.digest}, ${Math.ceil(blob.size / 2 ** 20)} MiB`);
        return open(partial, "w");
      },
      done: ({ digest, size }) => {
        if (partial === undefined || layout === undefined) return;
        renameSync(partial, layout.path(digest));
        partial = undefined;
        moved.bytes += size;
      },
    });
  } catch (error) {
    if (partial !== undefined) rmSync(partial, { force: true });
    throw error;
  }
}

/** @throws UnusableInput for a bundle of another kind of computer, or an older one than is there */
function suits(file: string, { platform, created }: Contents, folder: string, { older }: ApplyOptions): void {
  const here = `${process.platform}/${process.arch}`;
  if (platform !== here)
    throw unusable(
      file,
      `its programs are for ${printable(platform)}, and this computer is ${here}`,
      "make one on such a computer",
    );
  const index = join(folder, "index.json");
  const before = existsSync(index) ? readIndex(readFileSync(index, "utf8")) : undefined;
  if (before !== undefined && !older && Date.parse(before.created) > Date.parse(created))
    throw unusable(
      file,
      `it was made at ${created}, and what is there at ${before.created}`,
      "take the newer one, or say --older if you mean it",
    );
}
