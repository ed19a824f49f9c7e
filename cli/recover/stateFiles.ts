import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PulumiStack } from "../stack/pulumi";
import { isAlive } from "./orphans";

interface LockFile {
  pid: number;
  hostname: string;
}

/** The folder `.pulumi` of a `file://` backend. */
function fileBackend(env: NodeJS.ProcessEnv): string | undefined {
  const url = env.PULUMI_BACKEND_URL ?? "";
  return url.startsWith("file://") ? join(url.slice("file://".length).split("?")[0] ?? "", ".pulumi") : undefined;
}

/** What a killed process still has to give back before it is gone. */
const patience = 3_000;

/**
 * Locks of the stack in a `file://` backend whose owner ran on this machine and is gone, or is about to be. Other backends
 * have none to read.
 */
export async function abandonedLocks(stack: PulumiStack, project: string): Promise<string[]> {
  for (const deadline = Date.now() + patience; ; await sleep(100)) {
    const { held, abandoned } = locks(stack, project);
    if (held === 0 || Date.now() > deadline) return held === 0 ? abandoned : [];
  }
}

function locks({ stack, env }: PulumiStack, project: string): { held: number; abandoned: string[] } {
  const backend = fileBackend(env);
  const folder = backend && join(backend, "locks/organization", project, stack);
  if (!folder || !existsSync(folder)) return { held: 0, abandoned: [] };
  const all = readdirSync(folder).filter((name) => name.endsWith(".json"));
  const abandoned = all.filter((name) => {
    const text = readFileSync(join(folder, name), "utf8");
    if (text === "") return true; // killed while it took the lock
    const { pid, hostname: host } = JSON.parse(text) as LockFile;
    return host === hostname() && !isAlive(pid);
  });
  return { held: all.length - abandoned.length, abandoned };
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
