import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type PulumiStack, pulumi } from "../stack/pulumi";
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

/** The locks of a stack. */
export interface Locks {
  /** Whether there is one whose owner ran on this machine and is gone. */
  abandoned: boolean;
  /** Whose locks hold, for people. */
  held: string[];
}

/**
 * The locks of a stack once those who are about to be gone are gone; nothing for a backend that tells of none, as Pulumi Cloud.
 *
 * @param root the stack's own resource, which can be refreshed without asking anything
 */
export async function locksOf(stack: PulumiStack, project: string, root: string): Promise<Locks | undefined> {
  const backend = fileBackend(stack.env);
  const read = async () =>
    backend === undefined ? locksTold(stack, root) : locksIn(join(backend, "locks/organization", project, stack.stack));
  for (const deadline = Date.now() + patience; ; await sleep(100)) {
    const locks = await read();
    if (locks === undefined || locks.held.length === 0 || Date.now() > deadline) return locks;
  }
}

/** S3-compatible storage and PostgreSQL keep the same locks as a folder, and Pulumi tells of them whoever wants one: here to change nothing. */
async function locksTold(stack: PulumiStack, root: string): Promise<Locks | undefined> {
  const { code, stderr } = await pulumi(stack, ["refresh", "--preview-only", "--target", root]);
  if (code === 0) return { abandoned: false, held: [] };
  if (!/currently locked/.test(stderr)) return undefined;
  const found = [...stderr.matchAll(/: created by (\S+)@(\S+) \(pid (\d+)\) at (\S+)/g)];
  return locksBy(
    found.map(([, username = "", host = "", pid, timestamp = ""]) => ({
      pid: Number(pid),
      hostname: host,
      username,
      timestamp,
    })),
  );
}

function locksIn(folder: string): Locks {
  if (!existsSync(folder)) return { abandoned: false, held: [] };
  return locksBy(
    readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => {
        const text = readFileSync(join(folder, name), "utf8");
        return text === "" ? undefined : (JSON.parse(text) as LockFile); // killed while it took the lock
      }),
  );
}

function locksBy(locks: readonly (LockFile | undefined)[]): Locks {
  const held = locks.map((lock) => {
    if (lock === undefined || (lock.hostname === hostname() && !isAlive(lock.pid))) return undefined;
    return `by ${lock.username}@${lock.hostname} (pid ${lock.pid}) since ${lock.timestamp}`;
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
