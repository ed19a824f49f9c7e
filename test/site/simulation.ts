import { type DomainKind, FAILURE_DOMAINS } from "../../site/description/failureDomains";
import { allocatable } from "../../site/description/kubeletReservations";
import type { SiteInput } from "../../site/description/spec";
import type { Failure } from "../../site/judge/failures/model";
import type { MachinePlan, SitePlan } from "../../site/plan/model";

/** What is left of a site when something is taken away: counted machine by machine, with nothing of the proof's code. */
export class Simulation {
  private readonly shared: ReadonlySet<string>;

  constructor(
    private readonly input: SiteInput,
    private readonly plan: SitePlan,
  ) {
    this.shared = new Set((input.sharedStorage ?? []).map((s) => s.id));
  }

  /** The same numbers as the proof's, for the same failure. */
  without({ kind, id }: Pick<Failure, "kind" | "id">): Omit<Failure, "kind" | "id" | "action"> {
    const { machines } = this.plan;
    const left = machines.filter((m) => !this.stops(m, kind, id));
    const count = (among: readonly MachinePlan[], role: string) => among.filter((m) => m.role === role).length;
    const majority = (role: string, among: readonly MachinePlan[]) => 2 * count(among, role) > count(machines, role);
    const quorum = majority("etcd", left);
    const balanced = this.input.loadBalancer?.kind === "external" || count(left, "load-balancer") > 0;
    const external = kind === "load-balancer" && this.input.loadBalancer?.kind === "external";
    const room = left.filter((m) => m.role === "worker").map((m) => allocatable(m));
    const sum = (of: "cpus" | "memoryGiB") => Math.round(10 * room.reduce((n, r) => n + Math.max(0, r[of]), 0)) / 10;
    return {
      etcdQuorum: quorum,
      ...(this.plan.events && { eventsQuorum: majority("events", left) }),
      apiReachable: quorum && balanced && !external && kind !== "network" && count(left, "control-plane") > 0,
      dataLost: !majority(
        "etcd",
        machines.filter((m) => !this.losesData(m, kind, id)),
      ),
      workersLeft: room.length,
      capacityLeft: { cpus: sum("cpus"), memoryGiB: sum("memoryGiB") },
    };
  }

  private stops(machine: MachinePlan, kind: Failure["kind"], id: string): boolean {
    switch (kind) {
      case "machine":
      case "load-balancer":
        return machine.name === id;
      case "device":
        return machine.disks.some((d) => d.device === id);
      case "datastore":
        return machine.disks.some((d) => d.datastore === id);
      case "network":
        return true;
      default:
        return this.isIn(machine, kind, id);
    }
  }

  private losesData(machine: MachinePlan, kind: Failure["kind"], id: string): boolean {
    const data = machine.disks.find((d) => d.name === "data");
    switch (kind) {
      case "machine":
      case "load-balancer":
        return machine.name === id;
      case "device":
        return data?.device === id;
      case "datastore":
        return data?.datastore === id;
      case "network":
        return false;
      case "host":
        return this.isIn(machine, kind, id) && data !== undefined && !this.shared.has(data.device);
      default:
        return (
          FAILURE_DOMAINS[kind].takesDisks &&
          this.isIn(machine, kind, id) &&
          data !== undefined &&
          !this.shared.has(data.device)
        );
    }
  }

  private isIn(machine: MachinePlan, kind: "host" | DomainKind, id: string): boolean {
    const host = this.input.hosts.find((h) => h.name === machine.host);
    return (kind === "host" ? host?.name : host?.[kind]) === id;
  }
}
