import { open } from "node:fs/promises";

/** Bytes of a VMDK's sector, in which its header counts. */
const SECTOR = 512;
/** Where the header of a sparse VMDK has the sector of its description, and how many it may fill (VMware's Virtual Disk Format 1.1). */
const [DESCRIPTION_AT, DESCRIPTION_SIZE] = [28, 36];
/** The id of a disk that nobody has written to. */
const CONTENT_ID = "fffffffe";

/**
 * Gives a VMDK the same id of its content each time: qemu-img's is random, and as short as its number is. VMware compares it only
 * for snapshots.
 *
 * @throws if the file has no description, or the description no id
 */
export async function fixContentId(file: string): Promise<void> {
  const disk = await open(file, "r+");
  try {
    const header = Buffer.alloc(SECTOR);
    await disk.read(header, 0, header.length, 0);
    if (header.toString("latin1", 0, 4) !== "KDMV")
      throw new Error(`${file}: not a VMDK; use another version of qemu-utils`);
    const at = Number(header.readBigUInt64LE(DESCRIPTION_AT)) * SECTOR;
    const description = Buffer.alloc(Number(header.readBigUInt64LE(DESCRIPTION_SIZE)) * SECTOR);
    await disk.read(description, 0, description.length, at);
    // It ends with the first null: behind it lies what qemu-img's longer one has left.
    const [lines = ""] = description.toString("latin1").split("\0");
    if (!/^CID=/m.test(lines))
      throw new Error(`${file}: its description has no CID; use another version of qemu-utils`);
    description.fill(0);
    description.write(lines.replace(/^CID=.*$/m, `CID=${CONTENT_ID}`), "latin1");
    await disk.write(description, 0, description.length, at);
  } finally {
    await disk.close();
  }
}
