import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { isAlive } from "./orphans";
import type { PulumiStack } from "./pulumi";

interface LockFile {
  pid: number;
  hostname: string;
}

/** The folder `.pulumi` of a `file://` backend. */
function fileBackend(env: NodeJS.ProcessEnv): string | undefined {
  const url = env.PULUMI_BACKEND_URL ?? "";
  return url.startsWith("file://") ? join(url.slice("file://".length).split("?")[0] ?? "", ".pulumi") : undefined;
}

/** Locks of the stack in a `file://` backend whose owner ran on this machine and is gone. Other backends have none to read. */
export function abandonedLocks({ stack, env }: PulumiStack, project: string): string[] {
  const backend = fileBackend(env);
  const folder = backend && join(backend, "locks/organization", project, stack);
  if (!folder || !existsSync(folder)) return [];
  const locks = readdirSync(folder).filter((name) => name.endsWith(".json"));
  const abandoned = locks.filter((name) => {
    const text = readFileSync(join(folder, name), "utf8");
    if (text === "") return true; // killed while it took the lock
    const { pid, hostname: host } = JSON.parse(text) as LockFile;
    return host === hostname() && !isAlive(pid);
  });
  return abandoned.length === locks.length ? abandoned : [];
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
