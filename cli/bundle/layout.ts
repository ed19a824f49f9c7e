import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { sha256Of } from "../../image/output/digest";
import { type Descriptor, DIGEST } from "./contents";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const EMPTY = { mediaType: "application/vnd.oci.empty.v1+json", content: "{}" };

/** What tells that a folder is an OCI image layout. */
export const LAYOUT_FILE = JSON.stringify({ imageLayoutVersion: "1.0.0" });

/** An OCI image layout in a folder: https://github.com/opencontainers/image-spec/blob/main/image-layout.md. */
export class Layout {
  constructor(readonly folder: string) {
    mkdirSync(join(folder, "blobs/sha256"), { recursive: true });
    writeFileSync(join(folder, "oci-layout"), LAYOUT_FILE);
  }

  path(digest: string): string {
    if (!DIGEST.test(digest)) throw new Error(`${digest}: no digest`);
    return join(this.folder, "blobs/sha256", digest.slice("sha256:".length));
  }

  has({ digest, size }: Pick<Descriptor, "digest" | "size">): boolean {
    const path = this.path(digest);
    return existsSync(path) && statSync(path).size === size;
  }

  /** A manifest, or another small text. */
  text(digest: string): string {
    return readFileSync(this.path(digest), "utf8");
  }

  /** Puts a text into it. */
  put(mediaType: string, text: string): Descriptor {
    const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
    const path = this.path(digest);
    writeFileSync(`${path}.partial`, text);
    renameSync(`${path}.partial`, path);
    return { mediaType, digest, size: Buffer.byteLength(text) };
  }

  /** Moves a file into it, and puts an artifact's manifest beside it that names the file. */
  async take(file: string, mediaType: string): Promise<Descriptor> {
    const digest = `sha256:${await sha256Of(file)}`;
    const { size } = statSync(file);
    renameSync(file, this.path(digest));
    const title = { "org.opencontainers.image.title": basename(file) };
    const layers = [{ mediaType, digest, size, annotations: title }];
    const config = this.put(EMPTY.mediaType, EMPTY.content);
    const artifactType = "application/vnd.groundwork.part.v1";
    return this.put(MANIFEST, JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, artifactType, config, layers }));
  }
}

/** Each blob once, a manifest before what it refers to. */
export function reachable(layout: Layout, parts: readonly Descriptor[]): Descriptor[] {
  const all = new Map<string, Descriptor>();
  const add = (descriptor: Descriptor): void => {
    if (all.has(descriptor.digest)) return;
    all.set(descriptor.digest, descriptor);
    if (refers(descriptor)) for (const each of referred(layout.text(descriptor.digest))) add(each);
  };
  for (const part of parts) add(part);
  return [...all.values()];
}

/** What a manifest, or an index of manifests, refers to. */
export function referred(manifest: string): Descriptor[] {
  const { config, layers, manifests } = JSON.parse(manifest) as {
    config?: Descriptor;
    layers?: Descriptor[];
    manifests?: Descriptor[];
  };
  return [...(config ? [config] : []), ...(layers ?? []), ...(manifests ?? [])];
}

/** Whether a blob refers to others. */
export function refers({ mediaType }: Descriptor): boolean {
  return /(manifest|index|manifest\.list)(\.v\d)?\+json$/.test(mediaType);
}
