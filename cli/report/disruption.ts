import type { Role } from "../../site/description/spec";
import type { Facts } from "../../site/facts/model";
import { majority } from "../../site/judge/rules/rule";
import type { MachineChange } from "./machines";

/** A moment of a change: which members are up, and whether they decide. */
export interface QuorumStep {
  what: string;
  /** Members that are up and hold the data. */
  up: number;
  /** Members that the cluster counts. */
  of: number;
  quorum: boolean;
}

/** What a change costs while it is applied. Machines that can be down at the same time are taken to be. */
export interface Disruption {
  etcd: {
    replaced: string[];
    /** More than a minority loses its disk: what is in etcd is gone. */
    dataLost: boolean;
    steps: QuorumStep[];
  };
  events?: Disruption["etcd"];
  /** Machines of the other roles that are up at the worst moment. */
  others: { role: Role; up: number; of: number }[];
}

/**
 * What a change costs while it is applied.
 *
 * @param inTurn machines that are changed one after another, each healthy before the next; nothing holds others apart
 */
export function disruptionOf(
  changes: readonly MachineChange[],
  before: Facts | undefined,
  after: Facts | undefined,
  inTurn: ReadonlySet<string> = new Set(),
): Disruption {
  const events = [...(before?.machines ?? []), ...(after?.machines ?? [])].some(({ role }) => role === "events");
  return {
    etcd: storeDisruption("etcd", changes, before, inTurn),
    ...(events && { events: storeDisruption("events", changes, before, inTurn) }),
    others: (["control-plane", "load-balancer", "worker"] as const).flatMap((role) => {
      const machines = namesOf(before, role);
      const down = downOf(changes, role);
      const apart = down.filter((name) => !inTurn.has(name)).length;
      const most = apart + (apart < down.length ? 1 : 0);
      return down.length === 0 || machines.length === 0
        ? []
        : [{ role, up: machines.length - most, of: machines.length }];
    }),
  };
}

function storeDisruption(
  role: "etcd" | "events",
  changes: readonly MachineChange[],
  before: Facts | undefined,
  inTurn: ReadonlySet<string>,
): Disruption["etcd"] {
  const members = namesOf(before, role);
  const of = (...kinds: MachineChange["kind"][]) =>
    changes.filter((c) => c.role === role && kinds.includes(c.kind)).map(({ machine }) => machine);
  const [all, added, removed] = [of("replaced"), of("created"), of("deleted")];
  const restarting = changes.filter((c) => c.role === role && c.kind === "changed" && c.restarts).map((c) => c.machine);
  const together = (names: string[]) => names.filter((name) => !inTurn.has(name));
  const [replaced, restarted] = [together(all), together(restarting)];
  const steps: QuorumStep[] = [];
  if (members.length === 0) return { replaced: all, dataLost: false, steps };
  const step = (what: string, up: number, count: number) =>
    steps.push({ what, up, of: count, quorum: up >= majority(count) });

  const down = [...replaced, ...restarted];
  if (replaced.length > 0)
    step(`${down.join(", ")}: down while replaced`, members.length - down.length, members.length);
  else if (restarted.length > 0)
    step(`${restarted.join(", ")}: down while restarted`, members.length - down.length, members.length);
  if (replaced.length > 0)
    step(`${replaced.join(", ")}: empty, copying the data`, members.length - replaced.length, members.length);
  for (const name of members.filter((member) => inTurn.has(member)))
    if (all.includes(name))
      step(`${name}: leaves, is replaced and joins again`, members.length - down.length - 1, members.length);
    else if (restarting.includes(name))
      step(`${name}: down while restarted`, members.length - down.length - 1, members.length);
  if (added.length > 0) step(`${added.join(", ")}: joining, not up yet`, members.length, members.length + added.length);
  if (removed.length > 0)
    step(
      `${removed.join(", ")}: deleted`,
      members.length + added.length - removed.length,
      members.length + added.length,
    );
  const reconfigured = of("reconfigured");
  if (steps.length === 0 && reconfigured.length > 0)
    step(`${reconfigured.join(", ")}: reconfigured, one at a time`, members.length - 1, members.length);
  const kept = members.filter((name) => !replaced.includes(name) && !removed.includes(name));
  return { replaced: all, dataLost: kept.length < majority(members.length), steps };
}

function downOf(changes: readonly MachineChange[], role: Role): string[] {
  return changes
    .filter((change) => change.role === role && change.restarts && change.kind !== "created")
    .map(({ machine }) => machine);
}

function namesOf(facts: Facts | undefined, role: Role): string[] {
  return facts?.machines.filter((machine) => machine.role === role).map(({ name }) => name) ?? [];
}
