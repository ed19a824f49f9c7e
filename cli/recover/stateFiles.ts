import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PulumiStack } from "../stack/pulumi";
import { isAlive } from "./orphans";

interface LockFile {
  pid: number;
  hostname: string;
  username: string;
  timestamp: string;
}

/** The folder `.pulumi` of a `file://` backend. */
function fileBackend(env: NodeJS.ProcessEnv): string | undefined {
  const url = env.PULUMI_BACKEND_URL ?? "";
  return url.startsWith("file://") ? join(url.slice("file://".length).split("?")[0] ?? "", ".pulumi") : undefined;
}

/** What a killed process still has to give back before it is gone. */
const patience = 3_000;

/** The locks of a stack in a `file://` backend; other backends have none to read. */
export interface Locks {
  /** Whether there is one whose owner ran on this machine and is gone. */
  abandoned: boolean;
  /** Whose locks hold, for people. */
  held: string[];
}

/** The locks of a stack once those who are about to be gone are gone; nothing for another backend. */
export async function locksOf(stack: PulumiStack, project: string): Promise<Locks | undefined> {
  const backend = fileBackend(stack.env);
  if (backend === undefined) return undefined;
  for (const deadline = Date.now() + patience; ; await sleep(100)) {
    const locks = locksIn(join(backend, "locks/organization", project, stack.stack));
    if (locks.held.length === 0 || Date.now() > deadline) return locks;
  }
}

function locksIn(folder: string): Locks {
  if (!existsSync(folder)) return { abandoned: false, held: [] };
  const held = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => {
      const text = readFileSync(join(folder, name), "utf8");
      if (text === "") return undefined; // killed while it took the lock
      const { pid, hostname: host, username, timestamp } = JSON.parse(text) as LockFile;
      return host === hostname() && !isAlive(pid)
        ? undefined
        : `by ${username}@${host} (pid ${pid}) since ${timestamp}`;
    });
  return { abandoned: held.includes(undefined), held: held.filter((each) => each !== undefined) };
}

/**
 * Removes side files (`.attrs`) that a kill left empty: with them Pulumi could read the state, which is whole, no more.
 * A backend URL that ends in `?metadata=skip` has none.
 */
export function removeEmptyAttributes({ env }: PulumiStack, project: string): number {
  const backend = fileBackend(env);
  const folder = backend && join(backend, "stacks", project);
  if (!folder || !existsSync(folder)) return 0;
  const empty = readdirSync(folder)
    .filter((name) => name.endsWith(".attrs"))
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).size === 0);
  for (const file of empty) rmSync(file);
  return empty.length;
}
