import { isStore } from "../../site/description/stores";
import type { Facts } from "../../site/facts/model";
import { FSYNC_MS, qualifiedWords } from "../../site/life/qualifiedDisk";
import { type Block, code, heading, mark, paragraph, strong, table } from "./nodes";

/** What the disks of members that run took for a write, before etcd first started on them. */
export interface DiskReport {
  /** Milliseconds that 99 of 100 writes may take. */
  limitMs: number;
  /** `p99Ms` is left out where it was not measured. */
  members: { name: string; devices: readonly string[]; p99Ms?: number }[];
}

/** Nothing where no member's was measured: a site that is older than the measurement. */
export function diskReport(running: Facts | undefined, after: Facts | undefined): DiskReport | undefined {
  const members = running?.machines.filter(({ role }) => isStore(role)) ?? [];
  if (members.every(({ fsyncMs }) => fsyncMs === undefined)) return undefined;
  return {
    // A site that is left out of the change has no description any more.
    limitMs: (after ?? running)?.etcd?.fsyncLimitMs ?? FSYNC_MS,
    members: members.map(({ name, disks, fsyncMs }) => ({
      name,
      devices: (disks.find(({ name }) => name === "data") ?? disks[0])?.devices ?? [],
      ...(fsyncMs !== undefined && { p99Ms: fsyncMs }),
    })),
  };
}

export function diskBlocks(disks: DiskReport | undefined): Block[] {
  if (disks === undefined) return [];
  const { limitMs, members } = disks;
  return [
    heading(3, "Disks of etcd's members"),
    paragraph(
      `Measured before etcd first started: what 99 of 100 writes took at most, of ${limitMs} ms that are allowed.`,
    ),
    table(
      ["Member", "Device", "p99 of fsync"],
      members.map(({ name, devices, p99Ms }) => [
        code(name),
        devices.join(", "),
        (p99Ms ?? 0) > limitMs
          ? [mark("caution"), " ", strong(`${p99Ms} ms`)]
          : qualifiedWords(p99Ms === undefined ? undefined : { p99Ms }),
      ]),
    ),
  ];
}
