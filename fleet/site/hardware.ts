import type { SitePlan } from "../../site/plan/model";
import { machinesOf } from "../../site/plan/roles";

/** What differs in hardware from the site that another one was made from, and what is planned otherwise because of it: sentences. */
export function hardwareNotes(source: SitePlan, made: SitePlan): string[] {
  const [before, after] = [hardwareOf(source), hardwareOf(made)];
  const [were, are] = [layoutOf(source), layoutOf(made)];
  return [
    ...(before === after ? [] : [`hardware: ${after}; ${source.site} has ${before}`]),
    ...(were === are ? [] : [`planned afresh: ${are}; ${source.site} has ${were}`]),
  ];
}

function hardwareOf({ spec: { hosts, sharedStorage } }: SitePlan): string {
  const shapes = new Map<string, number>();
  for (const { cpus, memoryGiB, devices } of hosts) {
    const media = [...new Set(devices.map((device) => device.media))].sort();
    const shape = `${cpus} CPUs, ${memoryGiB} GiB, ${counted(devices.length, "device")}${media.length > 0 ? ` (${media.join(", ")})` : ""}`;
    shapes.set(shape, (shapes.get(shape) ?? 0) + 1);
  }
  const each = [...shapes].map(([shape, count]) => `${counted(count, "host")} of ${shape}`);
  return [...each, ...(sharedStorage.length > 0 ? [`${sharedStorage.length} of shared storage`] : [])].join(" and ");
}

function layoutOf(plan: SitePlan): string {
  const members = plan.machines.filter(({ name }) => plan.etcd.members.includes(name));
  const hosts = new Set(members.map(({ host }) => host)).size;
  const devices = new Set(members.map(({ disks }) => disks.at(-1)?.device)).size;
  return [
    `${counted(members.length, "etcd member")} on ${counted(hosts, "host")} and ${counted(devices, "device")}`,
    counted(machinesOf(plan, "control-plane").length, "control plane"),
    counted(machinesOf(plan, "load-balancer").length, "load balancer"),
    counted(machinesOf(plan, "worker").length, "worker"),
  ].join(", ");
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
