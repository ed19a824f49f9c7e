import { hasPlacementRules } from "../description/hypervisors";
import type { SiteSpec } from "../description/spec";
import { STORES } from "../description/stores";
import type { MachinePlan, PlacementRule } from "./model";

/**
 * The hypervisor's mandatory rules (L10). Anti-affinity keeps like machines on different hosts apart; where several share a
 * host, one rule each for the hosts' first, second … machines, as a rule that names two machines of one host could never
 * hold. VM-host rules keep what stores and serves the cluster's state on the host that carries its disks.
 */
export function placementRules(spec: SiteSpec, machines: readonly MachinePlan[]): PlacementRule[] {
  if (!hasPlacementRules(spec.hypervisor) || spec.hosts.length < 2) return [];
  const rules: PlacementRule[] = [];
  for (const role of [...STORES, "control-plane", "load-balancer"] as const) {
    layers(machines.filter((m) => m.role === role)).forEach((layer, i) => {
      if (layer.length > 1)
        rules.push({
          kind: "anti-affinity",
          name: `${spec.name}-${role}-apart${i === 0 ? "" : `-${i + 1}`}`,
          machines: layer,
        });
    });
  }
  const hosts = new Map<string, string[]>();
  for (const m of machines) if (m.role !== "worker") hosts.set(m.host, [...(hosts.get(m.host) ?? []), m.name]);
  for (const [host, names] of hosts)
    rules.push({ kind: "vm-host", name: `${spec.name}-on-${host}`, machines: names, hosts: [host] });
  return rules;
}

/** The first machine of every host, the second of every host, … */
function layers(machines: readonly MachinePlan[]): string[][] {
  const result: string[][] = [];
  const seen = new Map<string, number>();
  for (const { name, host } of machines) {
    const layer = seen.get(host) ?? 0;
    seen.set(host, layer + 1);
    result[layer] = [...(result[layer] ?? []), name];
  }
  return result;
}
