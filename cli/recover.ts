import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { type PulumiStack, pulumi, pulumiOrThrow } from "./pulumi";

const virtualMachine = "vsphere:index/virtualMachine:VirtualMachine";

interface PendingOperation {
  type: "creating" | "updating" | "deleting" | string;
  resource: { urn: string; type: string; inputs?: Record<string, unknown> };
}

interface LockFile {
  pid: number;
  hostname: string;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Locks of the stack in a `file://` backend whose owner ran on this machine and is gone. Other backends have none to read. */
function abandonedLocks({ stack, env }: PulumiStack, project: string): string[] {
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

/** The folder `.pulumi` of a `file://` backend. */
function fileBackend(env: NodeJS.ProcessEnv): string | undefined {
  const url = env.PULUMI_BACKEND_URL ?? "";
  return url.startsWith("file://") ? join(url.slice("file://".length).split("?")[0] ?? "", ".pulumi") : undefined;
}

/**
 * Removes side files (`.attrs`) that a kill left empty: with them Pulumi could read the state, which is whole, no more.
 * A backend URL that ends in `?metadata=skip` has none.
 */
function removeEmptyAttributes({ env }: PulumiStack, project: string): number {
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

/** Where a site lies in vCenter's inventory. */
export interface Inventory {
  datacenter?: string;
  cluster?: string;
}

const clusterSettings = /^vsphere:index\/computeCluster(HostGroup|VmGroup|VmAntiAffinityRule|VmHostRule):/;

/**
 * By what the provider finds something that was being made: a machine by its path `/DC0/vm/[FOLDER/]NAME`, a group or rule
 * of the cluster by the cluster's path and its name. Undefined for what can be made again as it is.
 */
function importId(
  { type, inputs }: PendingOperation["resource"],
  { datacenter, cluster }: Inventory,
): string | undefined {
  const name = inputs?.name;
  if (typeof name !== "string" || !datacenter) return undefined;
  if (type === virtualMachine) {
    const folder = typeof inputs?.folder === "string" ? `${inputs.folder.replace(/^\/+|\/+$/g, "")}/` : "";
    return `/${datacenter}/vm/${folder}${name}`;
  }
  if (!cluster || !clusterSettings.test(type)) return undefined;
  return JSON.stringify({ compute_cluster_path: `/${datacenter}/host/${cluster}`, name });
}

/** What `recover` did, for a person to read; empty if there was nothing to do. */
export type Recovery = string[];

/**
 * Makes a stack ready for the next `up` after one that was killed: removes the lock of a process of this machine that is
 * gone, and settles what was being created at that moment. A virtual machine that vCenter has but the state does not know
 * was never configured, so it holds nothing and is deleted; everything else can be created again as it is.
 *
 * @param inventory the site's datacenter and cluster in vCenter; empty for a site without a hypervisor
 */
export async function recover(stack: PulumiStack, project: string, inventory: Inventory): Promise<Recovery> {
  const done: Recovery = [];
  if (removeEmptyAttributes(stack, project) > 0) done.push("removed side files of the state that were cut off");
  if (abandonedLocks(stack, project).length > 0) {
    await pulumiOrThrow(stack, ["cancel", "--yes"]);
    done.push("removed the lock of a run that is gone");
  }
  const exported = JSON.parse(await pulumiOrThrow(stack, ["stack", "export"])) as {
    deployment?: { pending_operations?: PendingOperation[] };
  };
  const pending = (exported.deployment?.pending_operations ?? []).filter(({ type }) => type === "creating");
  if (pending.length === 0) return done;

  for (const { resource } of pending) {
    const id = importId(resource, inventory);
    if (!id) continue;
    const imported = await pulumi(stack, [
      ...["refresh", "--yes", "--skip-preview", "--target", resource.urn],
      ...["--import-pending-creates", resource.urn, "--import-pending-creates", id],
    ]);
    if (imported.code !== 0) continue; // vCenter has no such thing
    await pulumiOrThrow(stack, ["destroy", "--yes", "--skip-preview", "--target", resource.urn, "--target-dependents"]);
    done.push(`deleted ${resource.inputs?.name}, which an interrupted run had left half made`);
  }
  // The stack itself, which nothing is asked about: only the list of unfinished operations is to change.
  const root = `urn:pulumi:${stack.stack}::${project}::pulumi:pulumi:Stack::${project}-${stack.stack}`;
  await pulumiOrThrow(stack, ["refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--target", root]);
  done.push(`cleared ${pending.length} unfinished operation(s); the next up makes them again`);
  return done;
}
