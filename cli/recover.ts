import { endOrphans } from "./orphans";
import { type PulumiStack, pulumi, pulumiOrThrow } from "./pulumi";
import { abandonedLocks, removeEmptyAttributes } from "./stateFiles";
import { clonesEnd } from "./vsphere/clones";

const virtualMachine = "vsphere:index/virtualMachine:VirtualMachine";

interface PendingOperation {
  type: "creating" | "updating" | "deleting" | string;
  resource: { urn: string; type: string; inputs?: Record<string, unknown> };
}

/** Where a site lies in vCenter's inventory. */
export interface Inventory {
  server?: string;
  allowUnverifiedSsl?: boolean;
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

/** Waits for clones as whoever the stack's program signs in to vCenter as. */
async function endOfClones(stack: PulumiStack, { server, allowUnverifiedSsl }: Inventory): Promise<number> {
  const config = JSON.parse(await pulumiOrThrow(stack, ["config", "--json", "--show-secrets"])) as Record<
    string,
    { value?: string }
  >;
  const user = config["groundwork:vsphereUser"]?.value ?? stack.env.VSPHERE_USER;
  const password = config["groundwork:vspherePassword"]?.value ?? stack.env.VSPHERE_PASSWORD;
  if (!server || !user || !password)
    throw new Error(
      "hypervisor: what the killed run was cloning is not known without vCenter; set VSPHERE_USER and VSPHERE_PASSWORD",
    );
  return clonesEnd({ server, user, password, insecure: allowUnverifiedSsl });
}

/** What `recover` did, for a person to read; empty if there was nothing to do. */
export type Recovery = string[];

/**
 * Makes a stack ready for the next `up` after one that was killed: ends the plugins it left at work, removes the lock of a
 * process of this machine that is gone, and settles what was being created at that moment. A virtual machine that vCenter has but the state does not know
 * was never configured, so it holds nothing and is deleted; everything else can be created again as it is.
 *
 * @param inventory the site's datacenter and cluster in vCenter; empty for a site without a hypervisor
 */
export async function recover(stack: PulumiStack, project: string, inventory: Inventory): Promise<Recovery> {
  const done: Recovery = [];
  const orphans = await endOrphans(stack);
  if (orphans > 0) done.push(`ended ${orphans} plugin(s) that a killed run had left at work`);
  if (removeEmptyAttributes(stack, project) > 0) done.push("removed side files of the state that were cut off");
  if ((await abandonedLocks(stack, project)).length > 0) {
    await pulumiOrThrow(stack, ["cancel", "--yes"]);
    done.push("removed the lock of a run that is gone");
  }
  const exported = JSON.parse(await pulumiOrThrow(stack, ["stack", "export"])) as {
    deployment?: { pending_operations?: PendingOperation[] };
  };
  const pending = (exported.deployment?.pending_operations ?? []).filter(({ type }) => type === "creating");
  if (pending.length === 0) return done;
  if (pending.some(({ resource }) => resource.type === virtualMachine) && (await endOfClones(stack, inventory)) > 0)
    done.push("waited for the end of clones that a killed run had asked for");

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
