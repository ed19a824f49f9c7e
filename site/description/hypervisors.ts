import type { z } from "zod";
import { byName } from "./order";
import type { hypervisorSchema } from "./schema/hypervisor";

/** What a site's description says of its hypervisor. */
export type Hypervisor = z.infer<typeof hypervisorSchema>;
export type HypervisorKind = Hypervisor["kind"];
/** What a description says of a hypervisor of one kind. */
export type HypervisorOf<Kind extends HypervisorKind> = Extract<Hypervisor, { kind: Kind }>;

/** A network beside the machines' own. */
export type FurtherNetwork = NonNullable<HypervisorOf<"vsphere">["networks"]>[number];

/** What a kind of hypervisor can do for a site: asked wherever the kinds differ. */
export interface Capabilities {
  /** It makes the site's machines. Else they exist, and each is described in `machines`. */
  makesMachines: boolean;
  /** It keeps machines apart, and on their hosts, by rules of its own (L10). */
  placementRules: boolean;
  /** It sets memory and CPU time aside for single machines (L10). */
  reservations: boolean;
  /** Memory in GiB of each host that it needs for itself; a quarter at most is taken. */
  ownMemoryGiB: number;
  /** The type token of the component that stands for one machine; its inputs hold the machine's plan. */
  machineType: string;
}

/** How a vCenter and what it manages are found. */
export type Vcenter = Omit<HypervisorOf<"vsphere">, "kind" | "folder">;

interface Kind<Described> extends Capabilities {
  /** The template that machines are cloned from; undefined where they are not. */
  template(described: Described): string | undefined;
  /** The vCenter that is asked about machines, and that an operator signs in to; undefined where there is none. */
  vcenter(described: Described): Vcenter | undefined;
}

/** Every kind. What each does when a site is brought up: components/hypervisors. The contract: docs/extending/hypervisor.md. */
const kinds: { [K in HypervisorKind]: Kind<HypervisorOf<K>> } = {
  vsphere: {
    makesMachines: true,
    placementRules: true,
    reservations: true,
    // What ESXi needs to boot.
    ownMemoryGiB: 4,
    machineType: "groundwork:index:VsphereMachine",
    template: ({ template }) => template,
    vcenter: (described) => described,
  },
  existing: {
    makesMachines: false,
    placementRules: false,
    reservations: false,
    ownMemoryGiB: 0,
    machineType: "groundwork:index:ExistingMachine",
    template: () => undefined,
    vcenter: () => undefined,
  },
};

/** Whether a text names a kind. */
export function isHypervisorKind(text: string): text is HypervisorKind {
  return Object.hasOwn(kinds, text);
}

/** What a site's hypervisor can do. */
export function capabilitiesOf(kind: HypervisorKind): Capabilities {
  return kinds[kind];
}

/** The type tokens of all components that stand for a machine. */
export const machineTypes: ReadonlySet<string> = new Set(Object.values(kinds).map(({ machineType }) => machineType));

/** The template that a site's machines are cloned from; undefined where they are not. */
export function templateOf(hypervisor: Hypervisor): string | undefined {
  return kindOf(hypervisor).template(hypervisor);
}

/** A host, with the copy of the template that it sees, if it has one of its own. */
interface TemplateHost {
  name: string;
  template?: string;
}

/** The template that machines on a host are cloned from: its own copy, or the one for all. */
export function templateOn(
  { hypervisor, hosts }: { hypervisor: Hypervisor; hosts: readonly TemplateHost[] },
  host: string,
): string | undefined {
  const all = templateOf(hypervisor);
  return all && (hosts.find(({ name }) => name === host)?.template ?? all);
}

/** The names of all templates that a site's machines may be cloned from. */
export function templatesOf(site: { hypervisor: Hypervisor; hosts: readonly TemplateHost[] }): string[] {
  const named = site.hosts.flatMap(({ name }) => templateOn(site, name) ?? []);
  return [...new Set([templateOf(site.hypervisor) ?? [], ...named].flat())];
}

/** A site's vCenter; undefined where there is none. */
export function vcenterOf(hypervisor: Hypervisor): Vcenter | undefined {
  return kindOf(hypervisor).vcenter(hypervisor);
}

/** Whether rules of the site's hypervisor keep machines where the plan puts them: those of its kind, unless the site has none. */
export function hasPlacementRules(hypervisor: Hypervisor): boolean {
  return capabilitiesOf(hypervisor.kind).placementRules && vcenterOf(hypervisor)?.drs !== false;
}

/** The networks that machines have further cards in, in the order of their names. */
export function furtherNetworks(hypervisor: Hypervisor): readonly FurtherNetwork[] {
  return [...(vcenterOf(hypervisor)?.networks ?? [])].sort((a, b) => byName(a.name, b.name));
}

function kindOf({ kind }: Hypervisor): Kind<Hypervisor> {
  return kinds[kind] as Kind<Hypervisor>;
}
