import type { SiteSpec } from "../../description/spec";
import { boughtDevices, eachHost, withoutPlacements } from "./requirements";

/** A change of a site: what to say of it, and the site as it is then. */
export interface Change {
  say: string;
  /** What it changes; of each thing a remedy changes once. */
  what: string;
  to(spec: SiteSpec): SiteSpec;
}

const ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"];
/** Hosts that are told by name: a remedy for one of many like ones is a remedy for any. */
const MOST_NAMED = 12;

/** Decisions that cost nothing. */
export function decisions(spec: SiteSpec): Change[] {
  const placed = withoutPlacements(spec);
  return [
    ...(JSON.stringify(placed) === JSON.stringify(spec)
      ? []
      : [
          {
            say: "leave placement to the planner: remove placement and overrides",
            what: "placement",
            to: withoutPlacements,
          },
        ]),
    ...(spec.etcd.acceptMagneticDisks
      ? []
      : [
          {
            say: "accept magnetic disks (etcd.acceptMagneticDisks: true)",
            what: "media",
            to: (s: SiteSpec) => ({ ...s, etcd: { ...s.etcd, acceptMagneticDisks: true } }),
          },
        ]),
  ];
}

/** Hosts that surely carry what they must, where nothing smaller does; and workers for them. */
export function largeHosts(spec: SiteSpec): Change[][] {
  const { large } = hosts(spec);
  const more = spec.workers.flatMap(({ name }) => [3, 10].map((count) => workers(name, count)));
  const less: Change = {
    say: "declare a smaller workload, which the workers that are left carry",
    what: "workload",
    to: (s) => ({ ...s, workload: undefined }),
  };
  return [
    ...large.map((host) => [host]),
    ...more.flatMap((pool) => large.map((host) => [host, pool])),
    ...(spec.workload ? [[less]] : []),
  ];
}

/** Single purchases, cheapest first: a device, memory, CPUs, workers, another host. */
export function purchases(spec: SiteSpec): Change[] {
  const named = spec.hosts.slice(0, MOST_NAMED);
  const most = Math.max(...named.map((h) => h.devices.length));
  const short = Math.min(3, Math.max(1, (spec.etcd.members ?? 3) - most));
  return [
    ...[...new Set([1, short])].flatMap((count) =>
      named.map(({ name, devices }) => device(name, devices.length, count)),
    ),
    ...spec.workers.flatMap((pool) => [1, 2, 3].map((count) => workers(pool.name, count))),
    ...[16, 32, 64, 128].flatMap((GiB) => named.map(({ name }) => memory(name, GiB))),
    ...named.map(({ name, cpus }) => processors(name, cpus)),
    everywhere("a device more in every host", "device", (h) => ({
      devices: [...h.devices, ...boughtDevices(h.name, 1)],
    })),
    everywhere("twice the memory in every host", "memory", (h) => ({ memoryGiB: h.memoryGiB * 2 })),
    everywhere("twice the CPUs in every host", "CPUs", (h) => ({ cpus: h.cpus * 2 })),
    ...hosts(spec).small,
  ];
}

function device(name: string, has: number, count: number): Change {
  return {
    say: count === 1 ? `a ${ORDINALS[has] ?? "further"} device on ${name}` : `${count} more devices on ${name}`,
    what: `device ${name}`,
    to: (s) => onHost(s, name, (h) => ({ devices: [...h.devices, ...boughtDevices(name, count)] })),
  };
}

function memory(name: string, GiB: number): Change {
  return {
    say: `${GiB} GiB more memory in ${name}`,
    what: `memory ${name}`,
    to: (s) => onHost(s, name, (h) => ({ memoryGiB: h.memoryGiB + GiB })),
  };
}

function processors(name: string, cpus: number): Change {
  return {
    say: `twice the CPUs (${2 * cpus}) in ${name}`,
    what: `CPUs ${name}`,
    to: (s) => onHost(s, name, () => ({ cpus: 2 * cpus })),
  };
}

function workers(pool: string, count: number): Change {
  return {
    say: `${count} more worker${count > 1 ? "s" : ""} in pool ${pool}`,
    what: `workers ${pool}`,
    to: (s) => ({ ...s, workers: s.workers.map((w) => (w.name === pool ? { ...w, count: w.count + count } : w)) }),
  };
}

/** Another host like the largest there is; then hosts that surely carry what they must. */
function hosts(spec: SiteSpec): { small: Change[]; large: Change[] } {
  const [largest] = [...spec.hosts].sort((a, b) => b.memoryGiB - a.memoryGiB);
  if (!largest) return { small: [], large: [] };
  const another = (host: typeof largest, count: number, say: string): Change => ({
    say,
    what: "host",
    to: (s) => ({
      ...s,
      hosts: [
        ...s.hosts,
        ...Array.from({ length: count }, (_, i) => {
          const name = `bought-${i + 1}`;
          return { ...host, name, devices: boughtDevices(name, Math.max(2, host.devices.length)) };
        }),
      ],
    }),
  });
  const machine = Math.max(spec.etcd.memoryGiB, spec.controlPlanes.memoryGiB, ...spec.workers.map((w) => w.memoryGiB));
  const memoryGiB = Math.max(256, 8 * machine);
  const large = {
    ...largest,
    cpus: 64,
    memoryGiB,
    hypervisorMemoryGiB: undefined,
    devices: boughtDevices("bought", 3),
  };
  const said = `with 64 CPUs, ${memoryGiB} GiB and 3 SSDs`;
  return {
    small: [another(largest, 1, `another host like ${largest.name}`)],
    large: [
      another(largest, 2, `two more hosts like ${largest.name}`),
      another(large, 1, `another host ${said}`),
      another(large, 2, `two more hosts ${said}`),
      another(large, 3, `three more hosts ${said}`),
      another(large, 5, `five more hosts ${said}`),
    ],
  };
}

function everywhere(
  say: string,
  what: string,
  change: (host: SiteSpec["hosts"][number]) => Partial<SiteSpec["hosts"][number]>,
): Change {
  return { say, what, to: (s) => eachHost(s, change) };
}

function onHost(
  spec: SiteSpec,
  name: string,
  change: (host: SiteSpec["hosts"][number]) => Partial<SiteSpec["hosts"][number]>,
): SiteSpec {
  return eachHost(spec, (h) => (h.name === name ? change(h) : {}));
}
