import { copyFileSync, existsSync, linkSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Part as BomPart } from "../../../image/output/bom";
import type { Part } from "../contents";
import type { Layout } from "../layout";

const DISK = "application/vnd.groundwork.disk";

/** What is known of a machine image: what its bill of materials says, which lies beside it. */
export interface MachineImage {
  file: string;
  version: string;
  /** Everything in it; nothing where there is no bill of materials. */
  parts: BomPart[];
}

export function machineImageOf(file: string): MachineImage {
  const beside = `${file}.cdx.json`;
  if (!existsSync(beside)) return { file, version: "unknown", parts: [] };
  const { metadata, components = [] } = JSON.parse(readFileSync(beside, "utf8")) as {
    metadata?: { component?: { version?: string } };
    components?: (BomPart & { hashes?: { content: string }[] })[];
  };
  const parts = components.map(({ type, name, version, purl, hashes }) => {
    const [digest] = hashes ?? [];
    return { type, name, version, ...(purl && { purl }), ...(digest && { digest: `sha256:${digest.content}` }) };
  });
  return { file, version: metadata?.component?.version ?? "unknown", parts };
}

/** Takes disks up as they are: they are compressed already. */
export async function machineImageParts(
  layout: Layout,
  images: readonly MachineImage[],
  work: string,
): Promise<Part[]> {
  const parts: Part[] = [];
  for (const { file, version } of images) {
    const name = basename(file);
    const copy = join(work, name);
    try {
      linkSync(file, copy);
    } catch {
      copyFileSync(file, copy);
    }
    parts.push({ kind: "machine-image", name, version, descriptor: await layout.take(copy, DISK) });
  }
  return parts;
}
