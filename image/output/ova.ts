import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Pack, pack } from "tar-stream";
import type { Run } from "../build/artifact";
import { BUILD_EPOCH } from "../machine/epoch";
import { convert } from "./convert";
import { sha256Of } from "./digest";
import { ovfDescriptor, ovfManifest } from "./ovf";

/** What a template is called until it is given another name, and by which word VMware knows its system. */
export interface OvaName {
  name: string;
  guest: string;
  version: string;
}

/** Writes a raw disk as one file that vCenter takes in: descriptor, manifest, disk. */
export async function writeOva(
  disk: string,
  { name, guest, version }: OvaName,
  output: string,
  run: Run,
): Promise<void> {
  const file = `${name}-disk1.vmdk`;
  const folder = await mkdtemp(`${output}.`);
  // A VMDK names itself.
  const vmdk = join(folder, file);
  try {
    await convert(disk, "vmdk", vmdk, run);
    const fileBytes = statSync(vmdk).size;
    const descriptor = ovfDescriptor({ name, file, fileBytes, capacityBytes: statSync(disk).size, guest, version });
    const digest = createHash("sha256").update(descriptor).digest("hex");
    const manifest = ovfManifest({ [`${name}.ovf`]: digest, [file]: await sha256Of(vmdk) });
    const archive = pack();
    const written = pipeline(archive, createWriteStream(output));
    await Promise.all([written, fill(archive)]);
    async function fill(into: Pack): Promise<void> {
      await addText(into, `${name}.ovf`, descriptor);
      await addText(into, `${name}.mf`, manifest);
      await pipeline(createReadStream(vmdk), into.entry({ ...owner, name: file, size: fileBytes }));
      into.finalize();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same for everybody who builds it; mode and owner say nothing in an OVA. */
const owner = { mode: 0o644, mtime: new Date(BUILD_EPOCH * 1000), uid: 0, gid: 0 };

function addText(into: Pack, name: string, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    into.entry({ ...owner, name }, text, (error) => (error ? reject(error) : resolve()));
  });
}
