/** How long writes took to reach a member's disk, measured on it before etcd first started (O6). */
export interface QualifiedDisk {
  /** Milliseconds within which 99 of 100 were on the disk. */
  p99Ms: number;
  /** How many were measured. */
  writes: number;
  /** When, RFC 3339. */
  time: string;
}

/** Milliseconds that 99 of 100 writes may take at most, unless the description says another number: https://etcd.io/docs/v3.6/faq/ */
export const FSYNC_MS = 10;

/** The limit that a site's members are held to, in milliseconds. */
export function fsyncLimit({ fsyncMs = FSYNC_MS }: { fsyncMs?: number }): number {
  return fsyncMs;
}

/**
 * Finds it in what the program that configures a member said. Nothing where it was not measured: on members that are older than the
 * measurement, and on machines without python3.
 */
export function qualifiedDisk(said: string): QualifiedDisk | undefined {
  const line = /: a write to its disk took ([0-9.]+) ms \(p99 of fsync, ([0-9]+) writes, (\S+)\)/;
  const [, p99Ms, writes, time] = line.exec(said) ?? [];
  return time === undefined ? undefined : { p99Ms: Number(p99Ms), writes: Number(writes), time };
}

/** In a sentence: `0.84 ms`, or that there is no figure. */
export function qualifiedWords(disk: Pick<QualifiedDisk, "p99Ms"> | undefined): string {
  return disk === undefined ? "not measured" : `${disk.p99Ms} ms`;
}
