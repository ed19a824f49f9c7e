import type { Facts, MachineFact } from "../facts";

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

export interface Rule {
  id: string;
  /** What must hold, in one sentence. */
  sentence: string;
  severity: Severity;
  source: string;
  fix: string;
  check(facts: Facts): Breach[];
}

/** The machines of a role. */
export function machinesOf(facts: Facts, ...roles: MachineFact["role"][]): MachineFact[] {
  return facts.machines.filter((m) => roles.includes(m.role));
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

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** The smallest number of members that decides. */
export function majority(members: number): number {
  return Math.floor(members / 2) + 1;
}

/** The stores that a site has: its members by name of the store. */
export function stores(facts: Facts): { name: string; path: string; members: MachineFact[] }[] {
  return [
    { name: "etcd", path: "etcd.members", members: machinesOf(facts, "etcd") },
    { name: "events", path: "etcd.events.members", members: machinesOf(facts, "events") },
  ].filter((store) => store.name === "etcd" || store.members.length > 0);
}
