import { createHash } from "node:crypto";

/** Bytes of a sector, as partition tables count. */
export const SECTOR = 512;
const MIB = 2 ** 20;
const ALIGNMENT = MIB / SECTOR;

/** A partition of a machine's disk. */
export interface Partition {
  name: "bios" | "esp" | "root";
  /** What it is for, by the UEFI Forum's and the Discoverable Partitions Specification's ids. */
  type: string;
  /** Its own id in the table. */
  id: string;
  /** Its first sector. */
  start: number;
  sectors: number;
}

/** A disk with a GPT that BIOS and UEFI boot from; what its root has is what grows. */
export interface DiskLayout {
  id: string;
  bytes: number;
  bios: Partition;
  esp: Partition;
  root: Partition;
  /** Of the root file system. */
  rootUuid: string;
  /** Of the FAT file system, eight hexadecimal digits. */
  espVolume: string;
}

/**
 * A disk for a root of so many bytes, with room to work in: all but the root has its fixed place, and the root comes last, so that it can grow.
 *
 * @param seed what the disk is made of: the same makes the same ids
 */
export function diskLayout(contentBytes: number, seed: string): DiskLayout {
  const id = (what: string) => uuid(`${seed}/${what}`);
  const partition = (name: Partition["name"], type: string, start: number, sectors: number): Partition => {
    return { name, type, id: id(name), start, sectors };
  };
  const bios = partition("bios", "21686148-6449-6E6F-744E-656564454649", ALIGNMENT, ALIGNMENT);
  const espStart = bios.start + bios.sectors;
  const esp = partition("esp", "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", espStart, 64 * ALIGNMENT);
  const rootStart = esp.start + esp.sectors;
  const bytes = Math.ceil((contentBytes * 1.25 + 768 * MIB) / 2 ** 30) * 2 ** 30;
  // The last MiB has the table's copy.
  const sectors = bytes / SECTOR - rootStart - ALIGNMENT;
  const root = partition("root", "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709", rootStart, sectors);
  const espVolume = id("volume").slice(0, 8);
  return { id: id("disk"), bytes, bios, esp, root, rootUuid: id("file-system"), espVolume };
}

/** The table as sfdisk reads it. */
export function partitionTable({ id, bios, esp, root }: DiskLayout): string {
  const lines = [bios, esp, root].map(
    ({ name, type, id, start, sectors }) =>
      `start=${start}, size=${sectors}, type=${type}, uuid=${id.toUpperCase()}, name=${name}`,
  );
  return `label: gpt\nlabel-id: ${id.toUpperCase()}\nfirst-lba: ${ALIGNMENT}\n${lines.join("\n")}\n`;
}

/** A UUID that follows from a text, of version 8: https://www.rfc-editor.org/rfc/rfc9562#section-5.8. */
export function uuid(text: string): string {
  const bytes = createHash("sha256").update(text).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
