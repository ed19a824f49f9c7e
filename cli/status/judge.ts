import { isStore } from "../../site/description/stores";
import { furtherFailures, singleFailures } from "../../site/judge/failures";
import { type Failure, failureTitle } from "../../site/judge/failures/model";
import { aloneUntil } from "../../site/life/alone";
import { FSYNC_MS } from "../../site/life/qualifiedDisk";
import { alertNeeds, alertNotes } from "./alerts";
import { driftNeeds, driftNotes } from "./drift";
import { KMS_AWAY } from "./kms";
import type { Status } from "./model";
import { addressNeeds, apiNeeds, backupNeeds, machineNeeds, quorumNeeds, strangers } from "./needs";
import { quotaNotes } from "./quotas";
import type { MachineSaid, MemberSeen, SiteSeen } from "./seen";
import { ago, holdersOf, newestBackup, up } from "./told";

/** Certificates that end within so many days need a person: `up` renews them long before. */
const CERTIFICATE_DAYS = 14;

export function statusOf(seen: SiteSeen): Status {
  const machines = seen.facts.machines.map((machine) => ({
    name: machine.name,
    role: String(machine.role),
    host: machine.host ?? "",
    address: machine.address ?? "",
    is: stateOf(seen, machine.name, String(machine.role)),
  }));
  const down = machines.filter(({ is }) => is !== "well" && is !== "unknown").map(({ name }) => name);
  const fatal = fatalNow(seen, down);
  const [certificate, alone] = [nextCertificate(seen), aloneOf(seen)];
  const members = machines
    .filter(({ role }) => isStore(role))
    .map(({ name }) => ({ name, ...(memberOf(seen, name) ?? { problem: "it was not reached" }) }));
  const needs = [
    ...apiNeeds(seen),
    ...quorumNeeds(members, machines),
    ...addressNeeds(seen),
    ...machines.flatMap(({ name, host, is }) => machineNeeds(seen, name, host, is)),
    ...driftNeeds(seen),
    ...strangers(seen),
    ...(certificate && certificate.days < CERTIFICATE_DAYS
      ? [
          {
            what: `certificate ${certificate.id} ${certificate.days < 0 ? "has ended" : `ends in ${certificate.days} days`}`,
            run: up(seen),
          },
        ]
      : []),
    ...(alone && alone.days < seen.noticeDays && !(certificate && certificate.days < CERTIFICATE_DAYS)
      ? [
          {
            what: `nothing renews ${alone.first} after ${alone.until.slice(0, 10)}, in ${alone.days} days`,
            run: up(seen),
          },
        ]
      : []),
    ...backupNeeds(seen),
    ...alertNeeds(seen),
    ...(seen.drill?.passed === false
      ? [
          {
            what: `the drill of ${seen.drill.time.slice(0, 10)} failed`,
            run: `npx groundwork drill --stack ${seen.stack}`,
          },
        ]
      : []),
  ];
  const holders = holdersOf(seen);
  return {
    version: 1,
    site: seen.site,
    stack: seen.stack,
    at: seen.at,
    well: needs.length === 0,
    isBroughtUp: seen.undone.length === 0,
    needs,
    notes: [
      ...seen.undone,
      ...driftNotes(seen),
      ...quotaNotes(seen.quotas),
      ...alertNotes(seen),
      ...slowDisks(seen, members),
    ],
    machines,
    members,
    ...(seen.address !== undefined && { address: { address: seen.address, holders } }),
    kubernetes: Array.isArray(seen.nodes) ? [...new Set(seen.nodes.map(({ version }) => version))].sort() : [],
    etcd: [...new Set(members.flatMap((member) => ("version" in member ? [member.version] : [])))].sort(),
    ...(certificate && { certificate }),
    ...(alone && { alone }),
    backup: backupLine(seen),
    ...lastTimes(seen),
    drill: seen.drill ? `${seen.drill.passed ? "passed" : "failed"} ${ago(seen, seen.drill.time)} ago` : "never",
    fatal,
  };
}

/** `well`, or what is not; `unknown` where nobody could be asked. */
function stateOf({ machines, nodes }: SiteSeen, name: string, role: string): string {
  const machine = machines[name];
  if (machine && !machine.answers) return "does not answer";
  const faults = machine?.answers
    ? [
        ...faultsOf(machine.member),
        ...machine.stopped.map((each) => `${each} does not run`),
        ...(machine.kmsAnswers === false ? [KMS_AWAY] : []),
      ]
    : [];
  if (role === "worker" || role === "control-plane") {
    if (!Array.isArray(nodes)) return faults[0] ?? (role === "worker" ? "unknown" : "well");
    const node = nodes.find((each) => each.name === name);
    if (node === undefined) faults.push("is no node of the cluster");
    else if (!node.ready) faults.push("node is not Ready");
    else if (node.cordoned) faults.push("node takes no pods (cordoned)");
  }
  return faults[0] ?? "well";
}

function faultsOf(member: MachineSaid["member"]): string[] {
  if (member === undefined) return [];
  if ("problem" in member) return [member.problem];
  return member.leader === "0" ? ["etcd has no leader"] : member.errors;
}

function memberOf({ machines, qualified }: SiteSeen, name: string): MemberSeen | { problem: string } | undefined {
  const machine = machines[name];
  const member = machine?.answers ? machine.member : undefined;
  const qualifiedMs = qualified[name];
  return member === undefined || "problem" in member || qualifiedMs === undefined ? member : { ...member, qualifiedMs };
}

function backupLine(seen: SiteSeen): string {
  if (seen.backupHours === undefined) return "none described";
  const { known, time } = newestBackup(seen);
  if (!known) return "unknown: no member tells";
  return time === undefined ? "none yet" : `${ago(seen, time)} old`;
}

function lastTimes(seen: SiteSeen): Pick<Status, "lastBackup" | "lastPassedDrill"> {
  const { time } = newestBackup(seen);
  return {
    ...(time !== undefined && { lastBackup: time }),
    ...(seen.drill?.passed && { lastPassedDrill: seen.drill.time }),
  };
}

function nextCertificate({ certificates, at }: SiteSeen): Status["certificate"] {
  const [first] = [...certificates].sort((a, b) => Date.parse(a.expires) - Date.parse(b.expires));
  if (first === undefined) return undefined;
  return { id: first.id, expires: first.expires, days: daysBetween(at, first.expires) };
}

function aloneOf({ certificates, at }: SiteSeen): Status["alone"] {
  const alone = aloneUntil(certificates);
  if (alone === undefined) return undefined;
  return { until: alone.until, first: alone.first, days: daysBetween(at, alone.until) };
}

function daysBetween(from: string, to: string): number {
  return Math.floor((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

/** Beside what is down: machines, devices and hosts whose failure would cost what did not go with the others yet. */
function fatalNow({ facts }: SiteSeen, down: readonly string[]): Status["fatal"] {
  const failures = down.length === 0 ? singleFailures(facts) : furtherFailures(facts, down);
  return failures
    .filter(({ kind }) => kind !== "network" && kind !== "datastore" && kind !== "load-balancer")
    .flatMap((failure) => {
      const costs = costsOf(failure);
      return costs === "" ? [] : [{ kind: failureTitle(failure.kind), id: failure.id, costs }];
    });
}

function slowDisks({ facts, qualified }: SiteSeen, members: Status["members"]): string[] {
  const limit = facts.etcd?.fsyncLimitMs ?? FSYNC_MS;
  const now = members.flatMap((member) => {
    if (!("fsyncMs" in member) || (member.fsyncMs ?? 0) <= limit) return [];
    const before = member.qualifiedMs === undefined ? "" : `, ${member.qualifiedMs} ms when its disk was measured`;
    return [`${member.name} (${member.fsyncMs} ms${before})`];
  });
  const before = Object.entries(qualified).flatMap(([name, ms]) => (ms > limit ? [`${name} (${ms} ms)`] : []));
  const mend = "it wants a faster device, or one of its own";
  return [
    ...(now.length === 0
      ? []
      : [`etcd's log is slowly written, over ${limit} ms for 1 of 100: ${now.join(", ")}; ${mend}`]),
    ...(before.length === 0
      ? []
      : [
          `disks were slow before etcd first started, over ${limit} ms for 1 of 100 writes: ${before.join(", ")}; ${mend}`,
        ]),
  ];
}

function costsOf({ etcdQuorum, apiReachable, dataLost }: Failure): string {
  return [!etcdQuorum && "etcd's majority", !apiReachable && "the API", dataLost && "data"].filter(Boolean).join(", ");
}
