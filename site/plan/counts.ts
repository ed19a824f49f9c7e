import { capabilitiesOf } from "../description/hypervisors";
import { parseRange, size } from "../description/ipv4";
import { type Counts, type MachineRequest, requestMachines } from "../description/requests";
import { onEachWorker } from "../description/roomForPods";
import { atMaximum } from "../description/scale";
import type { Role, SiteSpec } from "../description/spec";
import type { Hardware } from "./hardware";
import { type Layout, layOut } from "./layout";
import type { Earlier } from "./layout/stay";

export interface Choice {
  requests: MachineRequest[];
  layout: Layout;
}

/**
 * How many members and control planes there are, where the owner does not say: five members where five hosts can each carry
 * one, else three (L1); two control planes, or one where a single host has no memory for two (L4). The first choice that
 * finds a place for everything is taken; if none does, the usual three and two.
 */
export function chooseCounts(
  spec: SiteSpec,
  hardware: Hardware,
  earlier: ReadonlyMap<string, Earlier> | undefined,
  together: readonly Role[] = [],
): Choice {
  const options = {
    acceptMagneticDisks: spec.etcd.acceptMagneticDisks,
    workload: spec.workload,
    onEachWorker: onEachWorker(spec),
    earlier,
    together,
  };
  const choices = possible(spec, hardware, earlier).map((counts): (() => Choice) => () => {
    const requests = requestMachines(spec, counts);
    return { requests, layout: layOut(requests, hardware, options) };
  });
  let usual: Choice | undefined;
  for (const choose of choices) {
    const choice = choose();
    if (choice.layout.shortages.length === 0) return choice;
    usual ??= choice;
  }
  return usual as Choice;
}

function possible(spec: SiteSpec, hardware: Hardware, earlier: ReadonlyMap<string, Earlier> | undefined): Counts[] {
  const usual = { members: spec.etcd.members ?? 3, controlPlanes: spec.controlPlanes.count ?? 2 };
  if (!capabilitiesOf(spec.hypervisor.kind).makesMachines) return [usual];
  const choices = [usual];
  const running = [...(earlier?.keys() ?? [])].filter((name) => name.startsWith(`${spec.name}-etcd-`)).length;
  if (spec.etcd.members === undefined) {
    if (running === 5 || running === 7) choices.unshift({ ...usual, members: running });
    else if (running === 0 && carriesFive(spec, hardware)) choices.unshift({ ...usual, members: 5 });
  }
  if (spec.controlPlanes.count === undefined && hardware.hosts.length === 1)
    choices.push({ ...usual, controlPlanes: 1 });
  return choices;
}

function carriesFive(spec: SiteSpec, hardware: Hardware): boolean {
  const { cpus, memoryGiB, diskGiB, acceptMagneticDisks } = spec.etcd;
  const able = hardware.hosts.filter(
    (host) =>
      host.memoryGiB >= memoryGiB &&
      host.cpus >= cpus &&
      host.devices.some((d) => !d.shared && (acceptMagneticDisks || d.media !== "hdd") && d.capacityGiB >= diskGiB),
  );
  const largest = atMaximum(spec);
  const machines = requestMachines(largest, { members: 5, controlPlanes: spec.controlPlanes.count ?? 2 }).length;
  return able.length >= 5 && machines <= size(parseRange(spec.network.machines));
}
