import { factsOfPlan } from "../../site/facts/plan";
import { singleFailures } from "../../site/judge/failures";
import { components } from "../../site/judge/failures/components";
import { type Component, type Failure, failureTitle, isDomain } from "../../site/judge/failures/model";
import type { SitePlan } from "../../site/plan/model";
import type { Case } from "./procedure";

/** The chapters of what fails by itself: a load balancer is a machine, a datastore lies on a device. */
export type CaseKind =
  | "machine"
  | "storage"
  | "endpoint"
  | Exclude<Failure["kind"], "load-balancer" | "device" | "datastore">;

/** Every row of the failure table, by the chapter that it belongs to; rows of one chapter that say the same are one. */
export function casesOf(plan: SitePlan): Map<CaseKind, Case[]> {
  const facts = factsOfPlan(plan);
  const failures = singleFailures(facts);
  const found = new Map<CaseKind, Case[]>();
  for (const [i, component] of components(facts).entries()) {
    const chapter = chapterOf(component);
    const others = found.get(chapter) ?? [];
    found.set(chapter, others);
    const one = caseOf(plan, component, failures[i] as Failure);
    const same = others.find((other) => saysTheSame(plan, chapter, other, one));
    if (same === undefined) others.push(one);
    else {
      same.of.push(...one.of);
      same.names.push(...one.names.filter((name) => !same.names.includes(name)));
    }
  }
  return found;
}

function chapterOf({ kind, endpoint }: Component): CaseKind {
  if (kind === "load-balancer") return endpoint ? "endpoint" : "machine";
  return kind === "device" || kind === "datastore" ? "storage" : kind;
}

/** What stops with a machine is itself; elsewhere the machines that stop have to be the same. */
function saysTheSame(plan: SitePlan, chapter: CaseKind, a: Case, b: Case): boolean {
  const role = (name?: string) => plan.machines.find((machine) => machine.name === name)?.role;
  const alike = chapter === "machine" ? role(a.names[0]) === role(b.names[0]) : a.machines.join() === b.machines.join();
  return alike && a.etcd === b.etcd && a.api === b.api && a.workers === b.workers;
}

function caseOf(plan: SitePlan, { kind, id, down }: Component, failure: Failure): Case {
  const workers = plan.machines.filter(({ role }) => role === "worker").length;
  const { cpus, memoryGiB } = failure.capacityLeft;
  return {
    of: [`${kind} ${id}`],
    names: [kind === "device" || kind === "datastore" || isDomain(kind) ? `${failureTitle(kind)} ${id}` : id],
    machines: [...new Set(down)],
    etcd: etcdSays(plan, failure, down),
    api: `${failure.apiReachable ? "answers" : "does NOT answer"}${failure.imagesServed === false ? "; NO image can be pulled" : ""}`,
    workers: `${failure.workersLeft} of ${workers}: ${cpus} CPUs, ${memoryGiB} GiB`,
  };
}

function etcdSays(plan: SitePlan, failure: Failure, down: readonly string[]): string {
  const members = plan.machines.filter(({ role }) => role === "etcd").map(({ name }) => name);
  const left = `${members.filter((name) => !down.includes(name)).length} of ${members.length} left`;
  const others = [
    ...(failure.eventsQuorum === false ? ["the store of events has no quorum"] : []),
    ...(failure.networkStoreQuorum === false ? ["the network add-on's store has no quorum"] : []),
  ];
  const data = failure.dataLost ? [NO_DATA] : [];
  return [`${failure.etcdQuorum ? "quorum" : NO_QUORUM}, ${left}`, ...data, ...others].join("; ");
}

/** What a case says of etcd if it has no majority left. */
export const NO_QUORUM = "NO quorum";
const NO_DATA = "its data is gone if the disks are: only a restore brings it back";
