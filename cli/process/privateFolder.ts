import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "../recover/orphans";

/** A temporary folder for what nobody else may read. */
export interface PrivateFolder {
  path: string;
  /** Removes it and all that is in it. */
  close(): void;
}

const prefix = "groundwork-private-";
const open = new Set<string>();

/**
 * Makes a temporary folder for keys, 0700. It is removed by `close`, or when this process is interrupted; if it is killed, by the next
 * one that makes such a folder.
 */
export function privateFolder(): PrivateFolder {
  for (const name of readdirSync(tmpdir())) if (isAbandoned(name)) remove(join(tmpdir(), name));
  if (open.size === 0) for (const signal of signals) process.on(signal, interrupted);
  const path = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  open.add(path);
  const close = () => {
    remove(path);
    open.delete(path);
    if (open.size === 0) for (const signal of signals) process.off(signal, interrupted);
  };
  return { path, close };
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function interrupted(signal: NodeJS.Signals): void {
  // Who else listens ends in its own way, and closes what it has opened.
  if (process.listenerCount(signal) > 1) return;
  for (const path of open) remove(path);
  process.off(signal, interrupted);
  process.kill(process.pid, signal);
}

function isAbandoned(name: string): boolean {
  const [, pid] = new RegExp(`^${prefix}(\\d+)-`).exec(name) ?? [];
  return pid !== undefined && !isAlive(Number(pid));
}

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true });
}
