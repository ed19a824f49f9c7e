import { type PulumiStack, pulumiOrThrow } from "../stack/pulumi";
import { clonesEnd } from "../vsphere/clones";
import { type Existing, readExisting } from "../vsphere/existing";
import { type Login, Session } from "../vsphere/session";
import { deleteThings, type Leftover } from "./leftovers";
import { endOrphans } from "./orphans";
import { abandonedLocks, removeEmptyAttributes } from "./stateFiles";

const virtualMachine = "vsphere:index/virtualMachine:VirtualMachine";

interface PendingOperation {
  type: "creating" | "updating" | "deleting" | string;
  resource: { urn: string; type: string; parent?: string; provider?: string; inputs?: Record<string, unknown> };
}

/** A resource of the state. */
interface Recorded {
  urn: string;
  /** It was replaced and waits to be deleted. */
  delete?: boolean;
  /** It is deleted, and what replaces it is not yet made. */
  pendingReplacement?: boolean;
}

interface MadeThing extends Leftover {
  urn: string;
  found(existing: Existing): boolean;
}

/** Where a site lies in vCenter's inventory; empty for a site without a hypervisor. */
export interface VcenterPlace {
  server?: string;
  allowUnverifiedSsl?: boolean;
  datacenter?: string;
  cluster?: string;
}

const clusterSettings = /^vsphere:index\/computeCluster(HostGroup|VmGroup|VmAntiAffinityRule|VmHostRule):/;

/** Something that was being made, by what the provider finds it. Undefined for what can be made again as it is. */
function madeThing({ resource }: PendingOperation, { datacenter, cluster }: VcenterPlace): MadeThing | undefined {
  const { urn, type, inputs } = resource;
  const name = inputs?.name;
  if (typeof name !== "string" || !datacenter) return undefined;
  if (type === virtualMachine) {
    const folder = typeof inputs?.folder === "string" ? `${inputs.folder.replace(/^\/+|\/+$/g, "")}/` : "";
    const path = `/${datacenter}/vm/${folder}${name}`;
    return { urn, type, name, id: path, found: ({ machines }) => machines.has(path) };
  }
  if (!cluster || !clusterSettings.test(type)) return undefined;
  const id = JSON.stringify({ compute_cluster_path: `/${datacenter}/host/${cluster}`, name });
  return { urn, type, name, id, found: ({ settings }) => settings.has(name) };
}

/** What `recover` did, for a person to read; empty if there was nothing to do. */
export type Recovery = string[];

/**
 * Makes a stack ready for the next `up` after one that was killed: ends what it left at work, removes the lock of a
 * process of this machine that is gone, and settles what was being created at that moment. A virtual machine that vCenter has
 * but the state does not know was never configured, so it holds nothing and is deleted; everything else can be created again
 * as it is.
 *
 * @throws Error if Pulumi or vCenter refuses; it can be run again
 */
export async function recover(stack: PulumiStack, project: string, place: VcenterPlace): Promise<Recovery> {
  const done: Recovery = [];
  const orphans = await endOrphans(stack);
  if (orphans > 0) done.push(`ended ${orphans} process(es) that a killed run had left at work`);
  if (removeEmptyAttributes(stack, project) > 0) done.push("removed side files of the state that were cut off");
  if ((await abandonedLocks(stack, project)).length > 0) {
    await pulumiOrThrow(stack, ["cancel", "--yes"]);
    done.push("removed the lock of a run that is gone");
  }
  const exported = JSON.parse(await pulumiOrThrow(stack, ["stack", "export"])) as {
    deployment?: { resources?: Recorded[]; pending_operations?: PendingOperation[] };
  };
  const { resources = [], pending_operations = [] } = exported.deployment ?? {};
  const pending = pending_operations.filter(({ type }) => type === "creating");
  if (pending.length === 0) return done;

  // What the state has by that name was there before, and is Pulumi's to replace.
  const kept = resources.filter((resource) => !resource.delete && !resource.pendingReplacement);
  const known = new Set(kept.map(({ urn }) => urn));
  const candidates = pending
    .flatMap((operation) => madeThing(operation, place) ?? [])
    .filter(({ urn }) => !known.has(urn));
  if (candidates.length > 0) {
    const login = await loginOf(stack, place);
    const made = await foundAfterClones(login, place);
    const left = candidates.filter(({ found }) => found(made));
    if (left.length > 0) await deleteThings(stack, left, login);
    for (const { name } of left) done.push(`deleted ${name}, which a killed run had left half made`);
  }
  // The stack itself, which nothing is asked about: only the list of unfinished operations is to change.
  const root = `urn:pulumi:${stack.stack}::${project}::pulumi:pulumi:Stack::${project}-${stack.stack}`;
  await pulumiOrThrow(stack, ["refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--target", root]);
  done.push(`cleared ${pending.length} unfinished operation(s); the next up makes them again`);
  return done;
}

/** How the stack's program signs in to vCenter. */
async function loginOf(stack: PulumiStack, { server, allowUnverifiedSsl }: VcenterPlace): Promise<Login> {
  const text = await pulumiOrThrow(stack, ["config", "--json", "--show-secrets"]);
  const config = JSON.parse(text) as Record<string, { value?: string }>;
  const user = config["groundwork:vsphereUser"]?.value ?? stack.env.VSPHERE_USER;
  const password = config["groundwork:vspherePassword"]?.value ?? stack.env.VSPHERE_PASSWORD;
  if (!server || !user || !password)
    throw new Error(
      "hypervisor: what a killed run has made is not known without vCenter; set VSPHERE_USER and VSPHERE_PASSWORD",
    );
  return { server, user, password, insecure: allowUnverifiedSsl };
}

/** What vCenter has once no clone is under way. */
async function foundAfterClones(login: Login, place: VcenterPlace): Promise<Existing> {
  const session = await Session.open(login);
  try {
    await clonesEnd(session);
    return await readExisting(session, place.cluster);
  } finally {
    await session.close();
  }
}
