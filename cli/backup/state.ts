/** A backup that was made, as `groundwork-backup` on the members writes it down. */
export interface MadeBackup {
  name: string;
  /** When its snapshot was begun, RFC 3339. */
  time: string;
  size: number;
  sha256: string;
  revision: number;
  objects: number;
  member: string;
}

/** `/var/lib/groundwork/backup.json` of a member. */
export interface BackupState {
  last: MadeBackup | null;
  attempt?: { member: string; time: string; ok: boolean; message: string };
}

/** `12 s`, `3 min`, `5 h`, `2 d`. */
export function age(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}

/** `3.4 MiB`. */
export function bytes(size: number): string {
  const unit = size < 1 << 20 ? "KiB" : size < 1 << 30 ? "MiB" : "GiB";
  const scale = { KiB: 1 << 10, MiB: 1 << 20, GiB: 1 << 30 }[unit];
  return `${(size / scale).toFixed(1)} ${unit}`;
}
