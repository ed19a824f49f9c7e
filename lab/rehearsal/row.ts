import type { Facts } from "../../site/facts/model";
import { components } from "../../site/judge/failures/components";
import type { Component, Failure } from "../../site/judge/failures/model";

/** What can be caused in a lab. The first ones are rows of the failure table; the others are what it says of them, done differently. */
export type Cause =
  | "machine"
  | "device"
  | "host"
  | "split"
  | "full"
  | "slow"
  | "clock"
  | "device gone"
  | "host gone"
  | "none";

/** What a failure may cost, as far as it can be seen. */
export type Promised = Pick<Failure, "etcdQuorum" | "apiReachable" | "dataLost" | "workersLeft">;

/** A single failure that is caused, and what the table promises of it. */
export interface Row {
  /** `host esx-1`, `split esx-1`. */
  id: string;
  cause: Cause;
  /** The machine's, device's or host's name. */
  target: string;
  /** Machines that it takes along. */
  down: string[];
  promised: Promised;
  /** Why it is not caused, for `none`. */
  because?: string;
}

const injected: Partial<Record<Component["kind"], Cause>> = { machine: "machine", device: "device", host: "host" };

/**
 * Every row of a failure table that something runs on, and more that follow from it: each host cut off from the others,
 * a device without space and a slow one below an etcd member, a clock that jumps by an hour on a machine of each kind, and a device and
 * a host that do not come back, unless etcd's data goes with them.
 */
export function rowsOf(facts: Facts, table: readonly Failure[]): Row[] {
  const all = components(facts);
  const promiseOf = ({ kind, id }: Component) => {
    const found = table.find((failure) => failure.kind === kind && failure.id === id);
    if (!found) throw new Error(`${kind} ${id}: the table has no such row; use one of this site`);
    return found;
  };
  const rows = all
    .filter(({ down }) => down.length > 0)
    .map((component): Row => {
      const { kind, id, down } = component;
      const row = { id: `${kind} ${id}`, target: id, down, promised: promiseOf(component) };
      const cause = injected[kind];
      return cause ? { ...row, cause } : { ...row, cause: "none", because: becauseOf(component, all) };
    });
  const hosts = all.filter(({ kind, down }) => kind === "host" && down.length > 0);
  const store = storeDevice(facts, all);
  const last = hosts.at(-1);
  return [
    ...rows,
    // Nothing is switched off: what a host has on its disks is kept.
    ...hosts.map((host) => derived("split", host, { ...promiseOf(host), dataLost: false })),
    ...(store ? [derived("full", store, { ...promiseOf(store), dataLost: false })] : []),
    ...(store ? [derived("slow", { ...store, down: [] }, untouched(facts))] : []),
    ...clocks(facts).map((id) => derived("clock", { id, down: [] }, untouched(facts))),
    ...(store && promiseOf(store).etcdQuorum ? [derived("device gone", store, promiseOf(store))] : []),
    ...(last && promiseOf(last).etcdQuorum ? [derived("host gone", last, promiseOf(last))] : []),
  ];
}

function derived(cause: Cause, { id, down }: Pick<Component, "id" | "down">, promised: Promised): Row {
  return { id: `${cause} ${id}`, cause, target: id, down, promised };
}

/** Of rows that are alike, of one kind and with machines of the same roles, only the first. */
export function distinct(rows: readonly Row[], facts: Facts): Row[] {
  const roles = new Map(facts.machines.map(({ name, role }) => [name, role]));
  const likeness = ({ cause, down, id }: Row) =>
    cause === "none" || cause === "clock" ? id : [cause, ...down.map((name) => roles.get(name)).sort()].join(" ");
  const seen = new Set<string>();
  return rows.filter((row) => !seen.has(likeness(row)) && seen.add(likeness(row)));
}

/** Rows by what they are called: `host` is every host, `host esx-1` one. */
export function chosen(rows: readonly Row[], names: readonly string[]): Row[] {
  const found = names.flatMap((name) => {
    const some = rows.filter(({ id, target }) => id === name || id === `${name} ${target}`);
    if (some.length > 0) return some;
    throw new Error(`--row: there is no "${name}"; use one of ${rows.map(({ id }) => id).join(", ")}`);
  });
  return names.length === 0 ? [...rows] : [...new Set(found)];
}

function untouched({ machines }: Facts): Promised {
  const workersLeft = machines.filter(({ role }) => role === "worker").length;
  return { etcdQuorum: true, apiReachable: true, dataLost: false, workersLeft };
}

/** The first machine of each role that has certificates to judge. */
function clocks({ machines }: Facts): string[] {
  const named = (["etcd", "control-plane", "worker"] as const).map((role) =>
    machines.find((each) => each.role === role),
  );
  return named.flatMap((machine) => machine?.name ?? []);
}

/** The first device that holds an etcd member's data. */
function storeDevice({ machines }: Facts, all: readonly Component[]): Component | undefined {
  const member = machines.find(({ role }) => role === "etcd");
  const device = member?.disks.find(({ name }) => name === "data")?.devices?.[0];
  return all.find(({ kind, id }) => kind === "device" && id === device);
}

function becauseOf({ kind, down }: Component, all: readonly Component[]): string {
  const same = all.find((other) => injected[other.kind] && other.down.join() === down.join());
  if (same) return `the same as ${same.kind} ${same.id}`;
  return kind === "network" ? "nobody is left to look" : `the lab has no ${kind} to switch off`;
}
