import type { SiteSpec } from "../../site/description/spec";

/**
 * Whether any arrangement of a small site's machines keeps every rule that is not waived, found by trying all of them. It knows the rules from
 * the requirements (L1 to L6, L11), and nothing of the planner.
 */
export function layoutExists(spec: SiteSpec, waived: readonly string[] = []): boolean {
  const planes = spec.controlPlanes.count;
  const few = spec.hosts.length === 1 && planes === undefined ? [2, 1] : [planes ?? 2];
  return few.some((count) => new Search(spec, count, waived).succeeds());
}

interface Machine {
  group: string;
  cpus: number;
  memoryGiB: number;
  systemGiB: number;
  dataGiB?: number;
}

interface Device {
  host?: number;
  seenBy: number[];
  magnetic: boolean;
  redundant: boolean;
  datastores: number;
  free: number;
}

interface Host {
  cpus: number;
  memoryGiB: number;
}

interface Option {
  host: number;
  system: Device;
  data?: Device;
}

const SPREAD: Record<string, string> = {
  etcd: "etcd-host-majority",
  events: "etcd-host-majority",
  "control-plane": "control-planes-different-hosts",
  "load-balancer": "load-balancers-different-hosts",
};

class Search {
  private readonly hosts: Host[];
  private readonly devices: Device[];
  private readonly machines: Machine[];
  private readonly taken: Option[] = [];

  constructor(
    private readonly spec: SiteSpec,
    planes: number,
    /** Rules that do not count. */
    private readonly waived: readonly string[],
  ) {
    this.hosts = spec.hosts.map((h) => ({
      cpus: h.cpus * spec.capacity.cpuOvercommit,
      memoryGiB: h.memoryGiB - Math.min(4, h.memoryGiB / 4),
    }));
    const device = (d: SiteSpec["hosts"][number]["devices"][number], seenBy: number[]): Device => ({
      seenBy,
      magnetic: d.media === "hdd",
      redundant: d.redundancy !== "none",
      datastores: d.datastores?.length ?? 1,
      free: d.capacityGiB ?? Number.POSITIVE_INFINITY,
    });
    const everywhere = spec.hosts.map((_, i) => i);
    this.devices = [
      ...spec.hosts.flatMap((h, i) => h.devices.map((d) => device(d, [i]))),
      ...spec.sharedStorage.map((s) => device(s, everywhere)),
    ];
    this.machines = machines(spec, planes);
  }

  succeeds(): boolean {
    return this.place(0, 0);
  }

  /** Machine number `i` of a group takes no earlier option than the one before it: like machines are not told apart. */
  private place(i: number, from: number): boolean {
    const machine = this.machines[i];
    if (machine === undefined) return this.spreads() && this.survives();
    const options = this.options(machine);
    for (let o = from; o < options.length; o++) {
      const option = options[o] as Option;
      if (!this.fits(machine, option)) continue;
      this.book(machine, option, -1);
      this.taken.push(option);
      const next = this.machines[i + 1]?.group === machine.group ? o : 0;
      const done = this.apart(machine.group, i) && this.place(i + 1, next);
      this.taken.pop();
      this.book(machine, option, 1);
      if (done) return true;
    }
    return false;
  }

  private options(machine: Machine): Option[] {
    return this.hosts.flatMap((_, host): Option[] => {
      const seen = this.devices.filter((d) => d.seenBy.includes(host));
      // On a device without an end nothing is in another's way.
      const endless = seen.find((d) => d.free === Number.POSITIVE_INFINITY);
      if (machine.dataGiB === undefined) return (endless ? [endless] : seen).map((system) => ({ host, system }));
      return seen
        .filter((data) => !data.magnetic || this.spec.etcd.acceptMagneticDisks)
        .flatMap((data) =>
          (data.free === Number.POSITIVE_INFINITY ? [data] : seen).map((system) => ({ host, data, system })),
        );
    });
  }

  private fits(machine: Machine, { host, system, data }: Option): boolean {
    const { cpus, memoryGiB } = this.hosts[host] as Host;
    const needed = system === data ? machine.systemGiB + (machine.dataGiB ?? 0) : machine.systemGiB;
    const room =
      system.free >= needed && (data === undefined || data === system || data.free >= (machine.dataGiB ?? 0));
    return cpus >= machine.cpus && memoryGiB >= machine.memoryGiB && room;
  }

  private book(machine: Machine, { host, system, data }: Option, sign: 1 | -1): void {
    const on = this.hosts[host] as Host;
    on.cpus += sign * machine.cpus;
    on.memoryGiB += sign * machine.memoryGiB;
    system.free += sign * machine.systemGiB;
    if (data) data.free += sign * (machine.dataGiB ?? 0);
  }

  /** L3, among the members of one store that are placed: no device shared, but for partitions of a redundant one. */
  private apart(group: string, last: number): boolean {
    const members = this.taken.filter((_, i) => i <= last && this.machines[i]?.group === group);
    if (members[0]?.data === undefined || this.waived.includes("etcd-distinct-devices")) return true;
    return this.devices.every((device) => {
      const on = members.filter((m) => m.data === device || m.system === device).length;
      const partitions = members.filter((m) => m.data === device).length;
      return on < 2 || (device.redundant && partitions <= device.datastores);
    });
  }

  /** L5 and L6: no host with a majority of a store where there are three; control planes and balancers on two. */
  private spreads(): boolean {
    return [...new Set(this.machines.map((m) => m.group))].every((group) => {
      const hosts = this.taken.filter((_, i) => this.machines[i]?.group === group).map((o) => o.host);
      const most = Math.max(...hosts.map((h) => hosts.filter((x) => x === h).length));
      if (this.waived.includes(SPREAD[group] ?? "")) return true;
      if (group === "etcd" || group === "events") return this.hosts.length < 3 || most <= hosts.length / 2;
      return group === "worker" || this.hosts.length < 2 || hosts.length < 2 || most < hosts.length;
    });
  }

  /** L11: the workload without any one host. A worker of the tests has 4 CPUs and 16 GiB, of which pods get 3.92 and 13.07. */
  private survives(): boolean {
    const { workload } = this.spec;
    if (workload === undefined || this.hosts.length < 2) return true;
    const workers = this.taken.filter((_, i) => this.machines[i]?.group === "worker");
    return this.hosts.every((_, gone) => {
      const left = workers.filter((o) => o.host !== gone).length;
      return left * 3.92 >= workload.cpus && left * 13.07 >= workload.memoryGiB;
    });
  }
}

function machines(spec: SiteSpec, planes: number): Machine[] {
  const many = (count: number, machine: Machine) => Array.from({ length: count }, () => machine);
  const store = (
    group: string,
    { cpus, memoryGiB, diskGiB, systemDiskGiB }: NonNullable<SiteSpec["etcd"]["events"]>,
  ) => ({
    group,
    cpus,
    memoryGiB,
    systemGiB: systemDiskGiB,
    dataGiB: diskGiB,
  });
  const { etcd, controlPlanes: c, loadBalancer: l } = spec;
  return [
    ...many(etcd.members ?? 3, store("etcd", { ...etcd, members: 3 })),
    ...(etcd.events ? many(etcd.events.members, store("events", etcd.events)) : []),
    ...many(planes, { group: "control-plane", cpus: c.cpus, memoryGiB: c.memoryGiB, systemGiB: c.diskGiB }),
    ...(l.kind === "haproxy"
      ? many(l.count ?? 2, { group: "load-balancer", cpus: l.cpus, memoryGiB: l.memoryGiB, systemGiB: l.diskGiB })
      : []),
    ...spec.workers.flatMap((w) =>
      many(w.count, { group: "worker", cpus: w.cpus, memoryGiB: w.memoryGiB, systemGiB: w.diskGiB }),
    ),
  ];
}
