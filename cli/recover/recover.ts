import { clonesEnd } from "../../sdks/vcenter/clones";
import { clusterPath, type Existing, endingWith, readExisting } from "../../sdks/vcenter/existing";
import { type Login, Session } from "../../sdks/vcenter/session";
import { UnusableInput } from "../../site/description/unusableInput";
import { type PulumiStack, pulumiOrThrow } from "../stack/pulumi";
import { type PendingOperation, stateOf } from "../stack/state";
import { deleteThings, type Leftover } from "./leftovers";
import { endOrphans } from "./orphans";
import { locksOf, removeEmptyAttributes } from "./stateFiles";
import { deleteUnknown } from "./unknown";
import { loginOf, machinePath, type VcenterPlace, virtualMachine } from "./vcenter";

interface MadeThing {
  urn: string;
  name: string;
  /** What it is to the provider, if vCenter has it. */
  found(existing: Existing): Leftover | undefined;
}

const clusterSettings = /^vsphere:index\/computeCluster(HostGroup|VmGroup|VmAntiAffinityRule|VmHostRule):/;

/** Something that was being made, by what the provider finds it. Undefined for what can be made again as it is. */
function madeThing({ resource }: PendingOperation, place: VcenterPlace): MadeThing | undefined {
  const { urn, type, inputs } = resource;
  const { datacenter, cluster } = place;
  const name = inputs?.name;
  if (typeof name !== "string" || !datacenter) return undefined;
  if (type === virtualMachine) {
    const folder = typeof inputs?.folder === "string" ? inputs.folder : undefined;
    const found = ({ machines }: Existing) => {
      const path = endingWith(machines, machinePath({ datacenter, ...(folder && { folder }) }, name));
      return path === undefined ? undefined : { type, name, id: path };
    };
    return { urn, name, found };
  }
  if (!cluster || !clusterSettings.test(type)) return undefined;
  const found = ({ settings }: Existing) => {
    const path = clusterPath(settings.keys(), datacenter, cluster);
    if (path === undefined || !settings.get(path)?.has(name)) return undefined;
    return { type, name, id: JSON.stringify({ compute_cluster_path: path, name }) };
  };
  return { urn, name, found };
}

/** What `recover` did, for a person to read; empty if there was nothing to do. */
export type Recovery = string[];

/**
 * Makes a stack ready for the next `up` after one that was killed: ends what it left at work, settles what was being created at
 * that moment, and removes the lock of a process of this machine that is gone. A virtual machine that vCenter has but the state
 * does not know was never configured, so it holds nothing and is deleted; everything else can be created again as it is.
 * The state is changed last: what cannot be read or asked leaves it as it was. A machine of the plan that is of no run that was killed, and that
 * the state does not know, is deleted if it never ran.
 *
 * @param planned names of the machines of the description
 * @throws UnusableInput if the state cannot be read, is locked by a run that goes on, or vCenter does not let us in
 * @throws Error if Pulumi or vCenter refuses; it can be run again
 */
export async function recover(
  stack: PulumiStack,
  project: string,
  place: VcenterPlace,
  planned: readonly string[] = [],
): Promise<Recovery> {
  const done: Recovery = [];
  const orphans = await endOrphans(stack);
  if (orphans > 0) done.push(`ended ${orphans} process(es) that a killed run had left at work`);
  if (removeEmptyAttributes(stack, project) > 0) done.push("removed side files of the state that were cut off");
  // The stack itself, which nothing is asked about.
  const root = `urn:pulumi:${stack.stack}::${project}::pulumi:pulumi:Stack::${project}-${stack.stack}`;
  const locks = await locksOf(stack, project, root);
  if (locks && locks.held.length > 0) throw locked(stack, locks.held.join(", "));
  const { resources, pendingOperations } = await stateOf(stack);
  const pending = pendingOperations.filter(({ type }) => type === "creating");
  // Only the list of unfinished operations is to change.
  const refresh = ["refresh", "--yes", "--skip-preview", "--target", root];
  // What a run that goes on is making is not ours to delete. Pulumi Cloud tells of a lock only whoever wants one.
  if (pending.length > 0 && locks === undefined) await pulumiOrThrow(stack, refresh);

  // What the state has by that name was there before, and is Pulumi's to replace.
  const kept = resources.filter((resource) => !resource.delete && !resource.pendingReplacement);
  const known = new Set(kept.map(({ urn }) => urn));
  const candidates = pending
    .flatMap((operation) => madeThing(operation, place) ?? [])
    .filter(({ urn }) => !known.has(urn));
  if (candidates.length > 0) {
    const login = await loginOf(stack, place);
    const made = await foundAfterClones(login, [...(place.templates ?? []), ...candidates.map(({ name }) => name)]);
    const left = candidates.flatMap(({ found }) => found(made) ?? []);
    if (left.length > 0) await deleteThings(stack, left, login);
    for (const { name } of left) done.push(`deleted ${name}, which a killed run had left half made`);
  }
  if (locks?.abandoned) {
    await pulumiOrThrow(stack, ["cancel", "--yes"]);
    done.push("removed the lock of a run that is gone");
  }
  if (pending.length > 0) {
    await pulumiOrThrow(stack, [...refresh, "--clear-pending-creates"]);
    done.push(`cleared ${pending.length} unfinished operation(s); the next up makes them again`);
  }
  const names = resources.flatMap(({ type, inputs }) => (type === virtualMachine ? [String(inputs?.name ?? "")] : []));
  done.push(...(await deleteUnknown(stack, place, planned, new Set(names))));
  return done;
}

function locked({ stack }: PulumiStack, whose: string): UnusableInput {
  return new UnusableInput([
    {
      path: `--stack ${stack}`,
      fact: `it is locked ${whose}`,
      fix: `wait for that run, or ask whose it is; if it is gone, \`pulumi cancel --stack ${stack}\`, and run this again`,
    },
  ]);
}

/** What vCenter has once no clone of these is under way. */
async function foundAfterClones(login: Login, named: readonly string[]): Promise<Existing> {
  const session = await Session.open(login);
  try {
    await clonesEnd(session, named);
    return await readExisting(session);
  } finally {
    await session.close();
  }
}
