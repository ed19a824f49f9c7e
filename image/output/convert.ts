import type { Run } from "../build/artifact";
import { fixContentId } from "./contentId";

/** What a disk can be written as, and `ova`: a machine with that disk, as vCenter takes it in. */
export const formats = ["raw", "qcow2", "vmdk", "ova"] as const;
export type Format = (typeof formats)[number];

/** Programs that a format needs, and the Debian packages they come from. */
export function programsOf(format: Format): Record<string, string> {
  return format === "raw" ? {} : { "qemu-img": "qemu-utils" };
}

/** Writes a raw disk as another format, compressed; same disk, same file. */
export async function convert(disk: string, format: Exclude<Format, "ova">, output: string, run: Run): Promise<void> {
  switch (format) {
    case "raw":
      await run("cp", ["--sparse=always", "--reflink=auto", disk, output]);
      return;
    case "qcow2":
      // With threads, and yet in order.
      await run("qemu-img", [
        ...["convert", "-f", "raw", "-O", "qcow2", "-c", "-m", "16"],
        ...["-o", "compression_type=zstd", disk, output],
      ]);
      return;
    case "vmdk":
      await run("qemu-img", [
        ...["convert", "-f", "raw", "-O", "vmdk", "-m", "16"],
        ...["-o", "subformat=streamOptimized,adapter_type=lsilogic", disk, output],
      ]);
      await fixContentId(output);
      return;
    default:
      format satisfies never;
  }
}
