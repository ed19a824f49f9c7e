import { z } from "zod";
import { type Settled, settledOf, settledSchema } from "../description/changes/settled";
import { sameDevice } from "../description/deviceId";
import { readVersioned, versionOne } from "../description/formatVersion";
import { capabilitiesOf, templateOf } from "../description/hypervisors";
import { impossibleKms, kmsOf, settledKms } from "../description/kms";
import { runsKubeRouter } from "../description/podNetwork";
import type { Problem } from "../description/problem";
import { impossibleRotations, isRotated, type Rotations } from "../description/rotation";
import { pkiSchema } from "../description/schema/pki";
import type { Role } from "../description/spec";
import { isStore, STORES } from "../description/stores";
import type { EarlierMachine, MachinePlan, PodRoute, SitePlan } from "../plan/model";

/** A machine as the last complete `up` left it. */
export interface AppliedMachine extends EarlierMachine, Pick<MachinePlan, "cpus" | "memoryGiB"> {
  role: string;
}

/**
 * What runs: what the last complete `up` of a site made. It is an output of the stack, which the next run reads: a changed
 * description can be compared with it, and what runs is changed one machine at a time.
 */
export interface Applied {
  /** Of all outputs of the stack. Without one it is 1. */
  version?: 1;
  /** Kubernetes' version, major.minor.patch. */
  kubernetes: string;
  /** etcd's version, as far as the description names it: `3.6` or `3.6.8`. */
  etcd?: string;
  /** The machines' template, for machines of ours. */
  template?: string;
  /** Copies of it by the hosts that see them; not there if no host has one. */
  templateCopies?: Record<string, string>;
  machines: AppliedMachine[];
  /** Whether it is the program that has NetworkPolicy enforced; not there if it is not. */
  enforcesNetworkPolicy?: true;
  /** The ways to the pods of nodes that have left; not there if none has. */
  left?: PodRoute[];
  /** What a changed description is compared with; not there if a program left it that compared nothing. */
  settled?: Settled;
  /** How far each rotation is; not there if a program that knew of none left it. */
  rotations?: Rotations;
}

/** A machine as it is written down. */
export const appliedMachineSchema = z.object({
  name: z.string(),
  role: z.string(),
  host: z.string(),
  address: z.string(),
  cards: z.array(z.object({ network: z.string(), address: z.ipv4() })).optional(),
  podCidr: z.string().optional(),
  cpus: z.number(),
  memoryGiB: z.number(),
  disks: z.array(
    z.object({
      name: z.enum(["system", "data"]),
      datastore: z.string(),
      device: z.string().optional(),
      sizeGiB: z.number().optional(),
    }),
  ),
});

/** What stands, as it is written down. */
export const appliedSchema = z.object({
  version: versionOne,
  kubernetes: z.string(),
  etcd: z.string().optional(),
  template: z.string().optional(),
  templateCopies: z.record(z.string(), z.string()).optional(),
  enforcesNetworkPolicy: z.literal(true).optional(),
  left: z.array(z.object({ podCidr: z.string(), address: z.string() })).optional(),
  settled: settledSchema.optional(),
  rotations: pkiSchema.shape.rotation.unwrap().optional(),
  machines: z.array(appliedMachineSchema),
});

/** Reads the output `standing` of a stack. Nothing runs if there is none. */
export function readApplied(output: unknown): { applied?: Applied } | { problem: Problem } {
  if (output === undefined || output === null) return {};
  const fix = "take the program that brought the site up, or a newer one";
  const read = readVersioned(output, appliedSchema, { from: "a site that runs", fix });
  if ("value" in read) return { applied: read.value };
  const { path, ...problem } = read.problem;
  return { problem: { path: ["standing", path].filter(Boolean).join("."), ...problem } };
}

/** What a plan leaves applied when all of it was made. */
export function appliedOf({ spec, machines, left }: SitePlan): Applied {
  const template = templateOf(spec.hypervisor);
  const copies = spec.hosts.flatMap((host) => (host.template === undefined ? [] : [[host.name, host.template]]));
  return {
    version: 1,
    kubernetes: spec.kubernetes.version,
    etcd: spec.etcd.version,
    ...(template !== undefined && { template }),
    ...(copies.length > 0 && { templateCopies: Object.fromEntries(copies) }),
    rotations: spec.pki.rotation,
    ...(runsKubeRouter(spec) && { enforcesNetworkPolicy: true }),
    ...(left && { left }),
    settled: settledOf(spec),
    machines: machines.map(({ name, role, host, address, cards, podCidr, cpus, memoryGiB, disks }) => ({
      name,
      role,
      host,
      address,
      ...(cards && { cards }),
      ...(podCidr !== undefined && { podCidr }),
      cpus,
      memoryGiB,
      disks: disks.map(({ name, datastore, device, sizeGiB }) => ({ name, datastore, device, sizeGiB })),
    })),
  };
}

/** The order in which machines that run are changed (O4): what others rely on first. */
const ORDER: readonly Role[] = [...STORES, "load-balancer", "control-plane", "worker"];

/** Planned machines that run, in the order in which they are changed: one after another, each healthy before the next. */
export function appliedMachines(plan: SitePlan, applied: Applied | undefined): MachinePlan[] {
  const names = new Set(applied?.machines.map(({ name }) => name));
  return ORDER.flatMap((role) => plan.machines.filter((machine) => machine.role === role && names.has(machine.name)));
}

/** Up to this a Linux guest cannot be given more memory while it runs (VMware's article 2008405). */
export const HOT_ADD_FROM_GIB = 3;
/** Above this a machine is given no CPUs while it runs: before hardware version 20 that hides NUMA from its guest. */
export const HOT_ADD_UP_TO_CPUS = 8;

/**
 * Whether a machine can only become what is planned by being replaced: its template is another one, or its place, it gets or loses a
 * network card, it shrinks, or it grows beyond what can be added while it runs. A restart or a migration would do for some of it, but a machine that is made
 * leaves in good order, and needs no shared storage and no license for vMotion. The only member of a store is migrated: it
 * has nobody to get its data from.
 */
export function isReplaced(plan: SitePlan, machine: MachinePlan, applied: Applied | undefined): boolean {
  const before = applied?.machines.find(({ name }) => name === machine.name);
  const { hypervisor } = plan.spec;
  if (applied === undefined || before === undefined || !capabilitiesOf(hypervisor.kind).makesMachines) return false;
  return (
    applied.template !== templateOf(hypervisor) ||
    resizedOff(before, machine) ||
    networksOf(before) !== networksOf(machine) ||
    (movedOff(before, machine) && !isOnlyMember(plan, machine))
  );
}

function resizedOff(before: AppliedMachine, { cpus, memoryGiB }: MachinePlan): boolean {
  const grows = memoryGiB > before.memoryGiB;
  if (cpus > before.cpus && before.cpus > HOT_ADD_UP_TO_CPUS) return true;
  return cpus < before.cpus || memoryGiB < before.memoryGiB || (grows && before.memoryGiB <= HOT_ADD_FROM_GIB);
}

function movedOff(before: EarlierMachine, machine: EarlierMachine): boolean {
  const datastores = ({ disks }: EarlierMachine) => disks.map(({ name, datastore }) => `${name} ${datastore}`).join();
  return before.host !== machine.host || datastores(before) !== datastores(machine);
}

function networksOf({ cards = [] }: EarlierMachine): string {
  return cards.map(({ network }) => network).join();
}

function isOnlyMember({ machines }: SitePlan, { role }: MachinePlan): boolean {
  return isStore(role) && machines.filter((machine) => machine.role === role).length === 1;
}

/** Stores whose only member would be replaced, and all data with it. */
export function membersLost(plan: SitePlan, applied: Applied): Problem[] {
  return plan.machines
    .filter((machine) => isOnlyMember(plan, machine) && isReplaced(plan, machine, applied))
    .map(({ name, role }) => ({
      path: `machines.${name}`,
      fact: `it is the only member of ${role} and would be replaced, with all its data lost`,
      fix: "keep its template, size and networks, or give the store three members first",
    }));
}

/**
 * Only members that would be migrated in a way that vCenter refuses, or does otherwise: to another host, where the rule that keeps
 * it on its own still holds; or with its system disk alone, when the provider sends no place for the data disk, which goes along.
 */
export function membersStuck(plan: SitePlan, applied: Applied): Problem[] {
  const fix = "keep its place, or give the store three members first, which are replaced one after another";
  return plan.machines
    .filter((machine) => isOnlyMember(plan, machine) && !isReplaced(plan, machine, applied))
    .flatMap((machine): Problem[] => {
      const path = `machines.${machine.name}`;
      const before = applied.machines.find(({ name }) => name === machine.name);
      if (before === undefined || !capabilitiesOf(plan.spec.hypervisor.kind).makesMachines) return [];
      if (before.host !== machine.host && plan.rules.length > 0) {
        const fact = `it is the only member of ${machine.role}, and its own rule keeps it on ${before.host}: vCenter refuses to move it to ${machine.host}`;
        return [{ path, fact, fix }];
      }
      const [system, data] = (["system", "data"] as const).map((name) => {
        const of = (disks: EarlierMachine["disks"]) => disks.find((disk) => disk.name === name)?.datastore;
        return { from: of(before.disks), to: of(machine.disks) };
      });
      if (data?.from === undefined || system?.from === system?.to || data.from !== data.to) return [];
      const fact = `its system disk would move from ${system?.from} to ${system?.to} alone, and vCenter takes its data disk along`;
      return [{ path, fact, fix: "move both disks to one other device, or give the store three members first" }];
    });
}

/**
 * Members that would lie on one device with another on the way to what is planned, which shares none: where one moves to before
 * another leaves (L1 holds at each step).
 */
export function membersCrossing(plan: SitePlan, applied: Applied): Problem[] {
  const now = new Map(applied.machines.map(({ name, disks }) => [name, dataDevice(disks)]));
  const same = (a?: string, b?: string) => a !== undefined && b !== undefined && sameDevice(a, b);
  return appliedMachines(plan, applied)
    .filter(({ role }) => isStore(role))
    .flatMap(({ name, role, disks }, index, members) => {
      const device = dataDevice(disks);
      const met = members.slice(index + 1).find((later) => later.role === role && same(now.get(later.name), device));
      return met === undefined || device === undefined || same(device, dataDevice(met.disks))
        ? []
        : [
            {
              path: `machines.${name}`,
              fact: `it would move to device ${device} before ${met.name} leaves it, and both would lie on one device meanwhile`,
              fix: `move ${met.name} in an \`up\` of its own first`,
            },
          ];
    });
}

function dataDevice(disks: EarlierMachine["disks"]): string | undefined {
  return disks.find(({ name }) => name === "data")?.device;
}

/** A way to a KMS or back that would leave secrets that somebody cannot read. */
export function kmsRefused({ spec }: SitePlan, { settled = {} }: Applied): Problem[] {
  return impossibleKms(kmsOf(spec), settledKms(settled));
}

/** Rotations that cannot go on from what runs as the description says. */
export function rotationsRefused({ spec }: SitePlan, { rotations }: Applied): Problem[] {
  const wanted = spec.pki.rotation;
  if (rotations !== undefined) return impossibleRotations(wanted, rotations);
  return isRotated(wanted)
    ? [
        {
          path: "pki.rotation",
          fact: "an earlier version of this program brought the site up, and its objects know the cluster by its authority",
          fix: "leave the rotation out for one `up`, then start it",
        },
      ]
    : [];
}
