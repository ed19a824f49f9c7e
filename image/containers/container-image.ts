import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Run } from "../build/artifact";

/** A container image of one layer. */
export interface ContainerImage {
  /** With registry and tag: `registry.k8s.io/kube-apiserver:v1.36.3`. */
  name: string;
  /** The folder that is the image's root. */
  root: string;
  entrypoint: string[];
  command?: string[];
  user?: string;
}

interface Blob {
  mediaType: string;
  digest: string;
  size: number;
}

/** Writes images as one OCI layout; same roots, same digests. Resolves to the digest of each image's manifest. */
export async function writeLayout(dir: string, images: ContainerImage[], run: Run): Promise<Record<string, string>> {
  await mkdir(join(dir, "blobs/sha256"), { recursive: true });
  const manifests: (Blob & { annotations: Record<string, string> })[] = [];
  for (const image of images) {
    const manifest = await writeImage(dir, image, run);
    const annotations = { "io.containerd.image.name": image.name, "org.opencontainers.image.ref.name": image.name };
    manifests.push({ ...manifest, annotations });
  }
  await writeFile(join(dir, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await writeFile(join(dir, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
  return Object.fromEntries(images.map(({ name }, i) => [name, (manifests[i] as Blob).digest]));
}

async function writeImage(dir: string, image: ContainerImage, run: Run): Promise<Blob> {
  const layer = await writeLayer(dir, image.root, run);
  const config = await writeJson(dir, "application/vnd.oci.image.config.v1+json", {
    architecture: "amd64",
    os: "linux",
    config: {
      Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
      WorkingDir: "/",
      Entrypoint: image.entrypoint,
      ...(image.command && { Cmd: image.command }),
      ...(image.user && { User: image.user }),
    },
    rootfs: { type: "layers", diff_ids: [layer.digest] },
  });
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  return writeJson(dir, mediaType, { schemaVersion: 2, mediaType, config, layers: [layer] });
}

async function writeLayer(dir: string, root: string, run: Run): Promise<Blob> {
  const file = join(dir, "layer.tar");
  const same = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--format=pax"];
  const noTimes = "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime";
  await run("tar", [...same, noTimes, "--hard-dereference", "-C", root, "-cf", file, "."]);
  const hash = createHash("sha256");
  let size = 0;
  await pipeline(createReadStream(file), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      hash.update(chunk);
      size += chunk.length;
    }
  });
  const hex = hash.digest("hex");
  await rename(file, join(dir, "blobs/sha256", hex));
  return { mediaType: "application/vnd.oci.image.layer.v1.tar", digest: `sha256:${hex}`, size };
}

async function writeJson(dir: string, mediaType: string, content: unknown): Promise<Blob> {
  const text = JSON.stringify(content);
  const hex = createHash("sha256").update(text).digest("hex");
  await writeFile(join(dir, "blobs/sha256", hex), text);
  return { mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(text) };
}
