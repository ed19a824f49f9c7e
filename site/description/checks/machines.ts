import { capabilitiesOf } from "../hypervisors";
import type { Problem } from "../problem";
import { atMaximum, atMaximumWords } from "../scale";
import type { SiteSpec } from "../spec";
import { STORES } from "../stores";
import { placements } from "./placements";

/** Pool names that would collide with the names of other machines. */
const TAKEN: readonly string[] = [...STORES, "control-plane", "load-balancer"];

/** Machines, pools and the owner's placements: names that exist, hosts and datastores that fit together. */
export function consistentMachines(spec: SiteSpec): Problem[] {
  const counted = nodes(spec);
  return [...pools(spec), ...stores(spec), ...counted, ...(counted.length > 0 ? [] : placements(spec))];
}

function pools(spec: SiteSpec): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  spec.workers.forEach((pool, i) => {
    const path = `workers[${i}].name`;
    if (TAKEN.includes(pool.name))
      problems.push({ path, fact: `${pool.name} is the name of another role`, fix: "use another name" });
    if (seen.has(pool.name))
      problems.push({ path, fact: `pool ${pool.name} is named twice`, fix: "name each pool once" });
    seen.add(pool.name);
    const longest = `${spec.name}-${pool.name}-aaa`.length;
    if (longest > 63)
      problems.push({
        path,
        fact: `machine names would have ${longest} characters`,
        fix: "shorten the site's or the pool's name to stay within 63",
      });
  });
  return problems;
}

/** A network add-on's store is for an add-on that needs one. */
function stores({ etcd, kubernetes }: SiteSpec): Problem[] {
  const { kind } = kubernetes.podNetwork;
  return etcd.networkStore && kind !== "manifest"
    ? [
        {
          path: "etcd.networkStore",
          fact: `pod network ${kind} needs no store of its own`,
          fix: "remove it, or use kubernetes.podNetwork.kind manifest with an add-on that reads kube-system/groundwork-network-store",
        },
      ]
    : [];
}

/** Kubernetes' own limit for a cluster: https://kubernetes.io/docs/setup/best-practices/cluster-large/ */
const MOST_NODES = 5000;

function nodes(spec: SiteSpec): Problem[] {
  const { workers, controlPlanes, hypervisor } = atMaximum(spec);
  const count = workers.reduce((sum, pool) => sum + pool.count, controlPlanes.count ?? 2);
  return count > MOST_NODES && capabilitiesOf(hypervisor.kind).makesMachines
    ? [
        {
          path: "workers",
          fact: `with the control planes there are ${count} nodes${atMaximumWords(spec)}, Kubernetes carries ${MOST_NODES}`,
          fix: "use fewer, or several sites",
        },
      ]
    : [];
}
