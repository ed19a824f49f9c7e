import type { Vcenter } from "../../description/hypervisors";
import type { VcenterFacts, VcenterHost } from "../../facts/vcenter";
import type { SitePlan } from "../../plan/model";
import { caution, ok, type PreflightLine, refused } from "./line";

/** The cluster, its DRS and HA, and the hosts of the plan. */
export function clusterLines(plan: SitePlan, wanted: Vcenter, facts: VcenterFacts): PreflightLine[] {
  const { cluster } = facts;
  const unfound = datacenterLines(wanted, facts);
  if (!cluster)
    return [
      ...unfound,
      refused(
        "hypervisor.cluster",
        `vCenter shows no cluster ${wanted.cluster} to this account`,
        "name the cluster of the hosts, or give the account the read-only role on it",
      ),
    ];
  return [...unfound, ...drsLines(plan, wanted, facts), ...haLines(facts), ...hostLines(plan, facts)];
}

/** A datacenter in which the plugin finds no folder: it looks for one by its path, and takes a bracket in that for a pattern. */
function datacenterLines({ datacenter }: Vcenter, { templates }: VcenterFacts): PreflightLine[] {
  const [path = datacenter] = templates.map((template) => template.path.split("/vm/")[0]?.slice(1) ?? datacenter);
  if (!path.includes("[")) return [];
  return [
    refused(
      "hypervisor.datacenter",
      `the vSphere plugin makes no machine in ${path}: it takes the bracket for a pattern, and finds no folder there`,
      "rename it in vCenter: what is in it stays as it is",
    ),
  ];
}

function drsLines({ rules, spec }: SitePlan, { drs }: Vcenter, { cluster }: VcenterFacts): PreflightLine[] {
  if (cluster?.drs === undefined || spec.hosts.length < 2) return [];
  if (drs === false)
    return cluster.drs
      ? [
          caution(
            "hypervisor.drs",
            `DRS is on in ${cluster.name}, and no rule keeps machines where they are planned: it may move them`,
            "leave hypervisor.drs out, so that rules are made",
          ),
        ]
      : [ok("hypervisor.drs", `DRS is off in ${cluster.name}, as described: no rules are made`)];
  if (cluster.drs) return [ok("hypervisor.cluster", `DRS is on in ${cluster.name}; it holds ${rules.length} rules`)];
  const shared = spec.sharedStorage.length > 0;
  const fact = `DRS is off in ${cluster.name}: its rules keep nothing apart`;
  return [
    shared
      ? refused(
          "hypervisor.cluster",
          `${fact}, and machines on shared storage start on any host`,
          "turn DRS on, or lay the machines on the hosts' own datastores",
        )
      : caution(
          "hypervisor.cluster",
          `${fact}; machines stay where they are made, as their datastores are their hosts' own`,
          "turn DRS on where the licence has it; else say hypervisor.drs: false, and move no machine by hand",
        ),
  ];
}

function haLines({ cluster }: VcenterFacts): PreflightLine[] {
  if (!cluster?.ha?.enabled) return [];
  return cluster.ha.admissionControl
    ? [
        caution(
          "hypervisor.cluster",
          `HA admission control is on in ${cluster.name}: it may refuse to power a machine on though its host has room`,
          "check its reserved share against the plan's reservations",
        ),
      ]
    : [ok("hypervisor.cluster", `HA is on in ${cluster.name}, without admission control`)];
}

function hostLines({ spec }: SitePlan, { hosts, cluster }: VcenterFacts): PreflightLine[] {
  const byName = new Map(hosts.map((host) => [host.name, host]));
  return spec.hosts.map(({ name }, index) => {
    const path = `hosts[${index}].name`;
    const host = byName.get(name);
    if (!host)
      return refused(path, `vCenter shows no host ${name} to this account`, `use its name there: ${someNames(hosts)}`);
    if (!host.inCluster)
      return refused(path, `${name} is not in cluster ${cluster?.name}`, "move it there, or leave it out");
    if (host.connection !== undefined && host.connection !== "connected")
      return refused(path, `${name} is ${words(host.connection)}`, "connect it, or leave it out");
    if (host.maintenance)
      return refused(path, `${name} is in maintenance mode`, "end that before `up`, or leave the host out");
    return ok(path, `${name} is connected and in service`);
  });
}

function words(connection: NonNullable<VcenterHost["connection"]>): string {
  return connection === "notResponding" ? "not responding" : connection;
}

function someNames(hosts: readonly VcenterHost[]): string {
  const names = hosts.map(({ name }) => name);
  if (names.length === 0) return "none is visible";
  return names.length > 5 ? `${names.slice(0, 5).join(", ")} …` : names.join(", ");
}
