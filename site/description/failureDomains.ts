/** A kind of failure domain that takes several hosts along. */
export interface DomainKindEntry {
  /** What people call one of it, and several. */
  title: string;
  plural: string;
  /** What the description's field of a host says. */
  field: string;
  /** Whether every host lies in one if any does: a place does, a power feed keeps only the hosts up that have no other. */
  isPlace: boolean;
  /** Whether local disks may be gone with it for good, at worst. */
  takesDisks: boolean;
  /** What a person does about it. */
  mend: (name: string) => string;
}

/**
 * The kinds of failure domains above a host (L7), widest first: what a host may lie in. This table is all that knows them: the
 * description of hosts, the layout, the failures that are judged, node labels, rules, drawings and runbooks read it.
 */
const TABLE = {
  room: {
    title: "room",
    plural: "rooms",
    field: "The room it is in: a failure domain. Name it for every host or for none.",
    isPlace: true,
    takesDisks: true,
    mend: (name) => `repair room ${name}; its machines return with its hosts`,
  },
  feed: {
    title: "power feed",
    plural: "power feeds",
    field: "The power feed that keeps it up; leave it out for a host on two feeds.",
    isPlace: false,
    takesDisks: false,
    mend: (name) => `restore power feed ${name}; hosts and machines start again`,
  },
  rack: {
    title: "rack",
    plural: "racks",
    field: "The rack it is in: a failure domain. Name it for every host or for none.",
    isPlace: true,
    takesDisks: true,
    mend: (name) => `repair rack ${name}; its machines return with its hosts`,
  },
} as const satisfies Record<string, DomainKindEntry>;

/** A kind of failure domain, as the description names it. */
export type DomainKind = keyof typeof TABLE;
export const FAILURE_DOMAINS: Readonly<Record<DomainKind, DomainKindEntry>> = TABLE;

/** Widest first. */
export const DOMAIN_KINDS = Object.keys(TABLE) as DomainKind[];
/** Narrowest first, as people list them. */
export const NARROW_FIRST: readonly DomainKind[] = [...DOMAIN_KINDS].reverse();
/** The kinds that every host lies in, if any does; narrowest first. */
export const PLACES: readonly DomainKind[] = NARROW_FIRST.filter((kind) => FAILURE_DOMAINS[kind].isPlace);
/** What `topology.kubernetes.io/zone` is, where hosts name it (W1). */
export const ZONE: DomainKind = "rack";

/** The domains that a host lies in, by their kinds. */
export type Domains = Partial<Record<DomainKind, string>>;

/** The domains of a host among everything else that is said of it. */
export function domainsOf(host: Domains): Domains {
  return Object.fromEntries(
    NARROW_FIRST.flatMap((kind) => (host[kind] === undefined ? [] : [[kind, host[kind]]])),
  ) as Domains;
}

/** `rack, power feed or room`. */
export function eitherOf(kinds: readonly DomainKind[], name: "title" | "plural" = "title"): string {
  const names = kinds.map((kind) => FAILURE_DOMAINS[kind][name]);
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}
