import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A container image that is nowhere else: an index over one manifest, as an OCI image layout. */
export interface SmallImage {
  folder: string;
  /** Of the index, and of the manifest below it. */
  digest: string;
  manifest: string;
}

const OCI = "application/vnd.oci.image";

/** @param layer the image's one layer, a tar archive */
export function smallImage(folder: string, layer: Buffer, config: object = {}): SmallImage {
  const blobs = join(folder, "blobs/sha256");
  mkdirSync(blobs, { recursive: true });
  const put = (mediaType: string, content: Buffer | object) => {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
    const hash = createHash("sha256").update(bytes).digest("hex");
    writeFileSync(join(blobs, hash), bytes);
    return { mediaType: `${OCI}.${mediaType}`, digest: `sha256:${hash}`, size: bytes.length };
  };
  const tar = put("layer.v1.tar", layer);
  const platform = { architecture: "amd64", os: "linux" };
  const rootfs = { type: "layers", diff_ids: [tar.digest] };
  const described = put("config.v1+json", { ...platform, config, rootfs });
  const manifestType = "manifest.v1+json";
  const head = (mediaType: string) => ({ schemaVersion: 2, mediaType: `${OCI}.${mediaType}` });
  const manifest = put(manifestType, { ...head(manifestType), config: described, layers: [tar] });
  const index = put("index.v1+json", { ...head("index.v1+json"), manifests: [{ ...manifest, platform }] });
  const named = { ...index, annotations: { "org.opencontainers.image.ref.name": "it" } };
  writeFileSync(join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [named] }));
  writeFileSync(join(folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  return { folder, digest: index.digest, manifest: manifest.digest };
}
