import { isStore } from "../../site/description/stores";
import { KMS_AWAY, kmsNeed } from "./kms";
import type { Need, Status } from "./model";
import type { SiteSeen } from "./seen";
import { ago, holdersOf, newestBackup, up } from "./told";

export function apiNeeds({ nodes, endpoint }: SiteSeen): Need[] {
  return Array.isArray(nodes)
    ? []
    : [
        {
          what: `the API does not answer at ${endpoint}: ${nodes.problem}`,
          run: "see docs/operator.md, or the site's runbook",
        },
      ];
}

/** A store that does not decide. One whose members were not reached is told member by member. */
export function quorumNeeds(members: Status["members"], machines: Status["machines"]): Need[] {
  const stores = [...new Set(machines.map(({ role }) => role).filter(isStore))];
  return stores.flatMap((store) => {
    const own = members.filter(({ name }) =>
      machines.some((machine) => machine.name === name && machine.role === store),
    );
    const leading = own.filter((member) => "leader" in member && member.leader !== "0" && !member.learner).length;
    if (leading > own.length / 2) return [];
    return [
      {
        what: `${store} has no majority that is seen: ${leading} of ${own.length} members follow a leader`,
        run: "power on its machines; delete no data (docs/operator.md)",
      },
    ];
  });
}

export function addressNeeds(seen: SiteSeen): Need[] {
  if (seen.address === undefined) return [];
  const holders = holdersOf(seen);
  const unseen = Object.entries(seen.machines).some(
    ([name, machine]) =>
      !machine.answers && seen.facts.machines.some((m) => m.name === name && m.role === "load-balancer"),
  );
  if (holders.length === 1 || (holders.length === 0 && unseen && Array.isArray(seen.nodes))) return [];
  return [
    {
      what:
        holders.length === 0
          ? `nobody that answers holds the virtual address ${seen.address}`
          : `${holders.join(" and ")} hold the virtual address ${seen.address} at the same time`,
      run: "on the load balancers: systemctl status keepalived haproxy",
    },
  ];
}

export function machineNeeds(seen: SiteSeen, name: string, host: string, is: string): Need[] {
  if (is === "well" || is === "unknown") return [];
  if (is === KMS_AWAY) return [kmsNeed(name, host)];
  if (is.includes("cordoned")) return [{ what: `${name}: ${is}`, run: `kubectl uncordon ${name}` }];
  const isGone = is === "does not answer" || is === "is no node of the cluster" || is === "node is not Ready";
  return [
    {
      what: `${name} on ${host}: ${is}`,
      run: isGone
        ? `power it on; if it is gone for good: groundwork recover --stack ${seen.stack} --gone ${name} --yes; then ${up(seen)}`
        : `look at its journal: journalctl -e; then ${up(seen)}`,
    },
  ];
}

/** Nodes that no machine of the site is, and versions that an `up` would have left otherwise. */
export function strangers({ nodes, facts, kubernetes, stack }: SiteSeen): Need[] {
  if (!Array.isArray(nodes)) return [];
  const own = new Set(facts.machines.map(({ name }) => name));
  return nodes.flatMap(({ name, version }) => {
    if (!own.has(name))
      return [
        { what: `node ${name} is no machine of the site`, run: `kubectl delete node ${name}, once nothing runs there` },
      ];
    return version === `v${kubernetes}`
      ? []
      : [{ what: `${name} runs Kubernetes ${version}, not v${kubernetes}`, run: `pulumi up --stack ${stack}` }];
  });
}

export function backupNeeds(seen: SiteSeen): Need[] {
  if (seen.backupHours === undefined) return [];
  const run = `npx groundwork backup --stack ${seen.stack}`;
  const { time, failed, known } = newestBackup(seen);
  if (!known)
    return [{ what: "no member tells of the backups", run: `npx groundwork backup --status --stack ${seen.stack}` }];
  if (time === undefined) return [{ what: "there is no backup yet", run }];
  const hours = (Date.parse(seen.at) - Date.parse(time)) / 3_600_000;
  if (hours > seen.backupHours)
    return [{ what: `the last backup is ${ago(seen, time)} old, ${seen.backupHours} h are allowed`, run }];
  return failed === undefined ? [] : [{ what: `the last try of a backup failed: ${failed}`, run }];
}
