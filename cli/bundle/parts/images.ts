import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Image } from "../../../site/render/images";
import { program } from "../../process/program";
import { type Descriptor, type Part, splitTag } from "../contents";
import { type Layout, reachable } from "../layout";

/** Where container images come from. */
export interface ImageSources {
  /** OCI image layouts in which an image is looked for before its registry is asked. */
  layouts: readonly string[];
  /** Logins to registries, as skopeo and podman keep them. */
  authfile?: string;
}

/**
 * Copies images into a layout, each with the digest that it has, this computer's architecture only. What an earlier run has copied whole
 * is not asked for again.
 */
export async function containerImages(
  layout: Layout,
  images: readonly Pick<Image, "source">[],
  { layouts, authfile }: ImageSources,
  say: (line: string) => void,
): Promise<Part[]> {
  const parts: Part[] = [];
  for (const { source } of images) {
    const known = described(layout.folder, source);
    if (known === undefined || !isWhole(layout, known)) {
      const held = layouts.find((folder) => described(folder, source) !== undefined);
      say(`${source}${held ? ` from ${held}` : ""}`);
      const from = held ? `oci:${held}:${source}` : `docker://${source}`;
      const login = authfile && !held ? ["--src-authfile", authfile] : [];
      await skopeo("copy", "--preserve-digests", "--retry-times=3", ...login, from, `oci:${layout.folder}:${source}`);
    }
    const descriptor = described(layout.folder, source);
    if (descriptor === undefined) throw new Error(`${source}: skopeo copied it and it is not there; try again`);
    const [name, version] = splitTag(source);
    parts.push({ kind: "container-image", name, version, descriptor });
  }
  return parts;
}

/** Runs skopeo, which speaks to registries and layouts. */
export async function skopeo(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await program("skopeo", args, { absent: "apt-get install skopeo" });
  if (code === 0) return stdout;
  const last = stderr.trim().split("\n").at(-1) ?? "";
  const said = /msg="((?:[^"\\]|\\.)*)"/.exec(last)?.[1]?.replaceAll('\\"', '"') ?? last;
  throw new Error(`${args.at(-1)}: ${said}; mend that, and run the command again: it goes on where it stopped`);
}

/** An image of a layout by its name. */
function described(folder: string, name: string): Descriptor | undefined {
  const file = join(folder, "index.json");
  if (!existsSync(file)) return undefined;
  const { manifests = [] } = JSON.parse(readFileSync(file, "utf8")) as {
    manifests?: (Descriptor & { annotations?: Record<string, string> })[];
  };
  const found = manifests.find(({ annotations }) => annotations?.["org.opencontainers.image.ref.name"] === name);
  return found && { mediaType: found.mediaType, digest: found.digest, size: found.size };
}

function isWhole(layout: Layout, descriptor: Descriptor): boolean {
  return layout.has(descriptor) && reachable(layout, [descriptor]).every((each) => layout.has(each));
}
