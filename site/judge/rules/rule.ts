import { STORE_PATHS, STORES } from "../../description/stores";
import type { Facts, MachineFact } from "../../facts/model";
import type { ObjectKind } from "../../facts/objects";
import { machinesOf } from "../../plan/roles";

export type Severity = "mandatory" | "advisory";

/** A rule that is broken: which, where, what is so, and what to do. */
export interface Finding {
  /** The rule's id. */
  rule: string;
  severity: Severity;
  path: string;
  message: string;
  fix: string;
  /** The row of the requirements that the rule serves, and who asks for it. */
  source: string;
}

/** Where a rule is broken, and how. */
export interface Breach {
  path: string;
  message: string;
  /** Instead of the rule's general advice. */
  fix?: string;
  /** Milder than the rule's own, where the owner accepted it or nothing better exists. */
  severity?: Severity;
}

/** What an owner may set of a rule, as JSON Schema says it. */
export interface Parameter {
  type: "integer" | "number" | "string" | "boolean" | "array" | "object";
  description: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  items?: { type: "string" };
}

/** What an owner set of a rule's parameters. */
export type Given = Readonly<Record<string, unknown>>;

/** What rules are about, as people look for them: the titles of their pages. */
export type Subject =
  | "etcd"
  | "Control planes"
  | "Hosts and DRS rules"
  | "Capacity"
  | "Network"
  | "Certificates and keys"
  | "Secrets and access"
  | "Kubernetes' configuration"
  | "Images"
  | "Workloads"
  | "Namespaces and roles"
  | "Backups"
  | "Monitoring";

export interface Rule<Id extends string = string> {
  id: Id;
  subject: Subject;
  /**
   * What it judges: a `site`'s layout; each `object` by itself, before it is made; the objects of a `stack` together; what
   * the `state` shows of any resource; the record of a `drill`.
   */
  scope: "site" | "object" | "stack" | "state" | "drill";
  /**
   * When an update, which makes one machine after another, can tell of a site: `by one machine` = whatever is registered
   * later; when `all machines` are; only `at the end`, because it also reads what is registered after them. Default: all machines.
   */
  decided?: "by one machine" | "all machines" | "at the end";
  /** Whether it is asked of machines that belong to no site, too: `always`, or where some are members of etcd. Default: no. */
  withoutSite?: "always" | "with etcd";
  /** It is about what the owner attests beside the plan, so that a plan alone does not decide it. */
  attested?: true;
  /** What must hold, in one sentence. */
  sentence: string;
  severity: Severity;
  source: string;
  fix: string;
  /** What an owner may set of it. */
  parameters?: Readonly<Record<string, Parameter>>;
  /** The kind of object that it judges, in the scope `object`. */
  about?: ObjectKind;
  /** The kinds of object that it judges together, in the scope `stack`. */
  reads?: readonly ObjectKind[];
  check(facts: Facts, given?: Given): Breach[];
}

/** A rule whose id is known to the compiler. */
export function rule<const Id extends string>(rule: Rule<Id>): Rule<Id> {
  return rule;
}

type Parameterised<Id extends string, P> = Omit<Rule<Id>, "check" | "parameters"> & {
  parameters: { readonly [K in keyof P]: Parameter };
  check(facts: Facts, given: P): Breach[];
};

/** A rule with parameters: `check` gets those that were given, and the defaults of all others. */
export function parameterised<P extends object>() {
  return <const Id extends string>(rule: Parameterised<Id, P>): Rule<Id> => {
    const parameters = rule.parameters as Readonly<Record<string, Parameter>>;
    const defaults = Object.fromEntries(Object.entries(parameters).map(([name, p]) => [name, p.default]));
    return { ...rule, parameters, check: (facts, given) => rule.check(facts, { ...defaults, ...given } as P) };
  };
}

/** Names of machines by the value of a key; machines whose key is not known are left out. */
export function grouped<T extends { name: string }>(
  machines: readonly T[],
  key: (machine: T) => string | undefined,
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const machine of machines) {
    const value = key(machine);
    if (value !== undefined) groups.set(value, [...(groups.get(value) ?? []), machine]);
  }
  return groups;
}

/** The smallest number of members that decides. */
export function majority(members: number): number {
  return Math.floor(members / 2) + 1;
}

/** The stores that a site has: its members by name of the store. */
export function stores(facts: Facts): { name: string; path: string; members: MachineFact[] }[] {
  return STORES.map((name) => ({
    name,
    path: `${STORE_PATHS[name]}.members`,
    members: machinesOf(facts, name),
  })).filter((store) => store.name === "etcd" || store.members.length > 0);
}
