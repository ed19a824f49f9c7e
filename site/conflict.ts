import { factsOfPlan } from "./facts";
import { planSite } from "./plan";
import { checkRules, type Finding } from "./rules";
import type { SiteSpec } from "./spec";

/** Why a site has no layout without a mandatory finding, and what would give it one. */
export interface Conflict {
  /** The smallest set of requirements that cannot hold together: without any one of them there is a layout. */
  requirements: string[];
  /** Single changes that mend it, each tried. */
  remedies: string[];
}

/** Something that a site asks of its hardware. `without` is the same site as if it were granted. */
interface Requirement {
  sentence: string;
  /** Rules that do not count without it. */
  rules?: readonly string[];
  without?(spec: SiteSpec): SiteSpec;
}

const PLENTY = 1_000_000;

const everyHost = (spec: SiteSpec, change: Partial<SiteSpec["hosts"][number]>): SiteSpec => ({
  ...spec,
  hosts: spec.hosts.map((host) => ({ ...host, ...change })),
});

function requirements(spec: SiteSpec): Requirement[] {
  const members = spec.etcd.members ?? 3;
  return [
    { sentence: "the owner's own placements", without: withoutPlacements },
    { sentence: "the hosts' CPUs", without: (s) => everyHost(s, { cpus: PLENTY }) },
    { sentence: "the hosts' memory", without: (s) => everyHost(s, { memoryGiB: PLENTY }) },
    {
      sentence: "the devices' capacity",
      without: (s) => ({
        ...s,
        hosts: s.hosts.map((h) => ({ ...h, devices: h.devices.map((d) => ({ ...d, capacityGiB: undefined })) })),
        sharedStorage: s.sharedStorage.map((d) => ({ ...d, capacityGiB: undefined })),
      }),
    },
    {
      sentence: "no magnetic disk below etcd",
      rules: ["etcd-magnetic-disk"],
      without: (s) => ({ ...s, etcd: { ...s.etcd, acceptMagneticDisks: true } }),
    },
    {
      sentence: `a device of its own for each of ${members} etcd members`,
      rules: ["etcd-distinct-devices"],
      without: (s) => ({
        ...s,
        hosts: s.hosts.map((h) => ({ ...h, devices: [...h.devices, ...spareDevices(h.name, 9)] })),
      }),
    },
    { sentence: "no host with a majority of etcd", rules: ["etcd-host-majority"] },
    { sentence: "control planes on different hosts", rules: ["control-planes-different-hosts"] },
    { sentence: "load balancers on different hosts", rules: ["load-balancers-different-hosts"] },
    {
      sentence: "the workload without any one host",
      rules: ["n-1-capacity"],
      without: (s) => ({ ...s, workload: undefined }),
    },
  ];
}

function withoutPlacements(spec: SiteSpec): SiteSpec {
  return {
    ...spec,
    overrides: [],
    etcd: { ...spec.etcd, placement: {} },
    controlPlanes: { ...spec.controlPlanes, placement: {} },
    loadBalancer: spec.loadBalancer.kind === "haproxy" ? { ...spec.loadBalancer, placement: {} } : spec.loadBalancer,
    workers: spec.workers.map((pool) => ({ ...pool, placement: {} })),
  };
}

/** The conflict that leaves a site without a layout; none if its plan breaks no rule, or breaks rules that no hardware mends. */
export function conflictOf(spec: SiteSpec): Conflict | undefined {
  if (feasible(spec, [])) return undefined;
  const all = requirements(spec);
  if (!feasibleWithout(spec, all)) return undefined;
  let core = all;
  for (const requirement of all) {
    const smaller = core.filter((r) => r !== requirement);
    const dropped = all.filter((r) => !smaller.includes(r));
    if (!feasibleWithout(spec, dropped)) core = smaller;
  }
  return { requirements: core.map((r) => r.sentence), remedies: remedies(spec) };
}

/** The conflict, told as a finding. */
export function conflictFinding(spec: SiteSpec): Finding | undefined {
  const conflict = conflictOf(spec);
  if (!conflict) return undefined;
  return {
    rule: "layout-exists",
    severity: "mandatory",
    path: "hosts",
    message: `no layout keeps all of: ${conflict.requirements.join("; ")}`,
    fix:
      conflict.remedies.length > 0
        ? conflict.remedies.join(", or ")
        : "no single purchase mends it: add hosts, devices and memory",
    source: "L8, L11 [B, X]",
  };
}

function feasibleWithout(spec: SiteSpec, dropped: readonly Requirement[]): boolean {
  const relaxed = dropped.reduce((s, r) => r.without?.(s) ?? s, spec);
  return feasible(
    relaxed,
    dropped.flatMap((r) => r.rules ?? []),
  );
}

function feasible(spec: SiteSpec, ignored: readonly string[]): boolean {
  const findings = checkRules(factsOfPlan(planSite(spec)));
  return findings.every((f) => f.severity !== "mandatory" || ignored.includes(f.rule));
}

const MOST_REMEDIES = 3;
const ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"];

/** Purchases and decisions, cheapest first, that by themselves give the site a layout. Where a free one does, nothing is bought. */
function remedies(spec: SiteSpec): string[] {
  const found: string[] = [];
  for (const { say, free, spec: changed } of changes(spec)) {
    if (found.length >= MOST_REMEDIES) break;
    if (!feasible(changed, [])) continue;
    found.push(say);
    if (free) break;
  }
  return found;
}

function* changes(spec: SiteSpec): Generator<{ say: string; spec: SiteSpec; free?: boolean }> {
  const change = (
    name: string,
    how: (h: SiteSpec["hosts"][number]) => Partial<SiteSpec["hosts"][number]>,
  ): SiteSpec => ({
    ...spec,
    hosts: spec.hosts.map((h) => (h.name === name ? { ...h, ...how(h) } : h)),
  });
  const few = spec.hosts.slice(0, 12);
  yield {
    say: "leave placement to the planner: remove placement and overrides",
    spec: withoutPlacements(spec),
    free: true,
  };
  if (!spec.etcd.acceptMagneticDisks)
    yield {
      say: "accept magnetic disks (etcd.acceptMagneticDisks: true)",
      spec: { ...spec, etcd: { ...spec.etcd, acceptMagneticDisks: true } },
    };
  const short = Math.max(1, (spec.etcd.members ?? 3) - Math.max(...few.map((h) => h.devices.length)));
  for (const { name, devices } of few) {
    const more = Math.min(short, 3);
    yield {
      say:
        more === 1 ? `a ${ORDINALS[devices.length] ?? "further"} device on ${name}` : `${more} more devices on ${name}`,
      spec: change(name, (h) => ({ devices: [...h.devices, ...spareDevices(name, more)] })),
    };
  }
  for (const pool of spec.workers)
    for (const more of [1, 2, 3])
      yield {
        say: `${more} more worker${more > 1 ? "s" : ""} in pool ${pool.name}`,
        spec: { ...spec, workers: spec.workers.map((w) => (w === pool ? { ...w, count: w.count + more } : w)) },
      };
  for (const GiB of [16, 32, 64, 128])
    for (const { name } of few)
      yield { say: `${GiB} GiB more memory in ${name}`, spec: change(name, (h) => ({ memoryGiB: h.memoryGiB + GiB })) };
  const largest = [...spec.hosts].sort((a, b) => b.memoryGiB - a.memoryGiB)[0];
  if (largest) {
    const name = `${largest.name}-more`;
    const more = { ...largest, name, devices: spareDevices(name, Math.max(2, largest.devices.length)) };
    yield { say: `another host like ${largest.name}`, spec: { ...spec, hosts: [...spec.hosts, more] } };
  }
  yield {
    say: "twice the memory in every host",
    spec: { ...spec, hosts: spec.hosts.map((h) => ({ ...h, memoryGiB: h.memoryGiB * 2 })) },
  };
  yield {
    say: "a device more in every host",
    spec: { ...spec, hosts: spec.hosts.map((h) => ({ ...h, devices: [...h.devices, ...spareDevices(h.name, 1)] })) },
  };
  yield {
    say: "twice the CPUs in every host",
    spec: { ...spec, hosts: spec.hosts.map((h) => ({ ...h, cpus: h.cpus * 2 })) },
  };
}

function spareDevices(host: string, count: number): SiteSpec["hosts"][number]["devices"] {
  return Array.from({ length: count }, (_, i) => ({
    id: `bought:${host}:${i + 1}`,
    media: "ssd" as const,
    redundancy: "none" as const,
    datastore: `bought ${host} ${i + 1}`,
  }));
}
