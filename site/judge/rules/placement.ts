import { capabilitiesOf } from "../../description/hypervisors";
import { listed } from "../../description/listed";
import { STORES } from "../../description/stores";
import type { Facts, MachineFact, PlacementRuleFact } from "../../facts/model";
import { machinesOf } from "../../plan/roles";
import { type Breach, grouped, rule } from "./rule";

const source = "L10 [B, X: eks-a#3642, machine-controller#1983]";
const GROUPS = [...STORES, "control-plane", "load-balancer"] as const;

function judged(facts: Facts): boolean {
  return hasRules(facts) && facts.hosts.length > 1;
}

function hasRules({ hypervisor, hasPlacementRules }: Facts): boolean {
  return hasPlacementRules ?? capabilitiesOf(hypervisor).placementRules;
}

function binding(facts: Facts, kind: PlacementRuleFact["kind"]): PlacementRuleFact[] {
  return facts.placementRules.filter((r) => r.kind === kind && r.mandatory && r.enabled);
}

export const antiAffinityIsMandatory = rule({
  id: "anti-affinity-mandatory",
  subject: "Hosts and DRS rules",
  scope: "site",
  decided: "at the end",
  withoutSite: "always",
  sentence: "mandatory anti-affinity rules keep like machines that are on different hosts apart",
  severity: "mandatory",
  source,
  fix: "add an enabled, mandatory anti-affinity rule that names them all",
  check: (facts) => (judged(facts) ? GROUPS.flatMap((role) => notKeptApart(facts, role)) : []),
});

function notKeptApart(facts: Facts, role: (typeof GROUPS)[number]): Breach[] {
  const machines = machinesOf(facts, role);
  if (machines.some((m) => m.host === undefined)) return [];
  const firsts = [...grouped(machines, (m) => m.host).values()].map((on) => on[0] as MachineFact);
  const rules = binding(facts, "anti-affinity").filter((r) => firsts.every((m) => r.machines.includes(m.name)));
  if (firsts.length < 2 || rules.length > 0) return [];
  const wish = facts.placementRules.find(
    (r) => r.kind === "anti-affinity" && firsts.every((m) => r.machines.includes(m.name)),
  );
  return [
    {
      path: wish ? `rules.${wish.name}` : (firsts[0]?.path ?? ""),
      message: wish
        ? `rule ${wish.name} is ${wish.enabled ? "not mandatory" : "not enabled"}: DRS may put ${listed(firsts.map((m) => m.name))} together`
        : `no rule keeps ${listed(firsts.map((m) => m.name))} apart: DRS may put them together`,
    },
  ];
}

export const vmHostRulesAreMandatory = rule({
  id: "vm-host-mandatory",
  subject: "Hosts and DRS rules",
  scope: "site",
  decided: "at the end",
  sentence: "mandatory VM-host rules keep machines that store or serve the cluster's state on their planned host",
  severity: "mandatory",
  source,
  fix: "add an enabled, mandatory VM-host rule for it",
  check: (facts) =>
    judged(facts)
      ? machinesOf(facts, ...GROUPS).flatMap((m): Breach[] => {
          if (m.host === undefined) return [];
          const rules = binding(facts, "vm-host").filter((r) => r.machines.includes(m.name));
          if (rules.length === 0) return [{ path: m.path, message: `no VM-host rule keeps ${m.name} on ${m.host}` }];
          const elsewhere = rules.find((r) => r.hosts !== undefined && !r.hosts.includes(m.host as string));
          return elsewhere
            ? [
                {
                  path: m.path,
                  message: `rule ${elsewhere.name} keeps ${m.name} off ${m.host}, where it is`,
                  fix: "correct the rule or the machine's host",
                },
              ]
            : [];
        })
      : [],
});

export const rulesCanHold = rule({
  id: "anti-affinity-possible",
  subject: "Hosts and DRS rules",
  scope: "site",
  withoutSite: "always",
  sentence: "no anti-affinity rule names two machines of one host",
  severity: "mandatory",
  source,
  fix: "place one of them on another host",
  check: (facts) =>
    binding(facts, "anti-affinity").flatMap((rule) =>
      [
        ...grouped(
          facts.machines.filter((m) => rule.machines.includes(m.name)),
          (m) => m.host,
        ),
      ]
        .filter(([, on]) => on.length > 1)
        .map(([host, on]) => ({
          path: `rules.${rule.name}`,
          message: `rule ${rule.name} keeps ${listed(on.map((m) => m.name))} apart, but both are on ${host}`,
        })),
    ),
});

export const diskOnItsHost = rule({
  id: "disk-on-its-host",
  subject: "Hosts and DRS rules",
  scope: "site",
  decided: "by one machine",
  sentence: "a machine's disks lie on devices that its host sees",
  severity: "mandatory",
  source: "L3, L10 [B, X]",
  fix: "use a datastore of the machine's host",
  check: (facts) => {
    const devices = new Map(facts.devices.map((d) => [d.id, new Set(d.hosts)]));
    return facts.machines.flatMap((m) =>
      m.disks.flatMap((disk) =>
        (disk.devices ?? [])
          .filter((id) => m.host !== undefined && devices.has(id) && !devices.get(id)?.has(m.host))
          .map((id) => ({
            path: `${m.path}.disks.${disk.name}`,
            message: `${m.name} runs on ${m.host}, which does not see device ${id} of its ${disk.name} disk`,
          })),
      ),
    );
  },
});

export const reservedMemory = rule({
  id: "memory-reserved",
  subject: "Hosts and DRS rules",
  scope: "site",
  sentence: "the hypervisor reserves memory for etcd and control planes",
  severity: "advisory",
  source: "L10 [B]",
  fix: "leave reservations at their default, or reserve at least half",
  check: (facts) =>
    capabilitiesOf(facts.hypervisor).reservations
      ? machinesOf(facts, ...STORES, "control-plane")
          .filter(
            (m) =>
              m.reservation?.memoryGiB !== undefined &&
              m.memoryGiB !== undefined &&
              m.reservation.memoryGiB < m.memoryGiB / 2,
          )
          .map((m) => ({
            path: `${m.path}.reservation`,
            message: `${m.name} has ${m.reservation?.memoryGiB} of ${m.memoryGiB} GiB reserved: a full host slows it down`,
          }))
      : [],
});

export const heldWithoutDrs = rule({
  id: "held-without-drs",
  subject: "Hosts and DRS rules",
  scope: "site",
  sentence: "without DRS, machines that store or serve the cluster's state lie on devices that only their host sees",
  severity: "mandatory",
  source,
  fix: "place it on a datastore of its host's own, or turn DRS on and leave hypervisor.drs out",
  check: (facts) => {
    if (!capabilitiesOf(facts.hypervisor).placementRules || judged(facts) || facts.hosts.length < 2) return [];
    const devices = new Map(facts.devices.map((device) => [device.id, device]));
    const machines = machinesOf(facts, ...GROUPS);
    const loose = machines.flatMap((m): Breach[] => {
      const shared = m.disks
        .flatMap(({ devices: on = [] }) => on)
        .find((id) => (devices.get(id)?.hosts.length ?? 0) > 1);
      if (shared === undefined) return [];
      const message = `nothing keeps ${m.name} on ${m.host ?? "its host"}: other hosts see ${shared}, and start it there`;
      return [{ path: m.path, message }];
    });
    if (loose.length > 0 || machines.length === 0) return loose;
    const message =
      "no rule keeps machines apart: they stay where they are made, as only their hosts see their datastores";
    const fix =
      "move none by hand, and give no other host their datastores; or turn DRS on and leave hypervisor.drs out";
    return [{ path: "hypervisor.drs", message, fix, severity: "advisory" }];
  },
});
