import type { Problem } from "../problem";
import { machineName, requestMachines } from "../requests";
import type { SiteSpec } from "../spec";
import { STORES } from "../stores";
import { visibleDatastores } from "./storage";

/** Pool names that would collide with the names of other machines. */
const TAKEN: readonly string[] = [...STORES, "control-plane", "load-balancer"];

/** Machines, pools and the owner's placements: names that exist, hosts and datastores that fit together. */
export function consistentMachines(spec: SiteSpec): Problem[] {
  return [...pools(spec), ...stores(spec), ...placements(spec)];
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

function placements(spec: SiteSpec): Problem[] {
  const problems: Problem[] = [];
  const hosts = new Set(spec.hosts.map((h) => h.name));
  const machines = new Map(requestMachines(spec).map((r) => [r.name, r]));
  const check = (path: string, name: string, { host, datastore }: { host?: string; datastore?: string }) => {
    if (!machines.has(name))
      problems.push({ path, fact: `there is no machine ${name}`, fix: `use one of ${listed([...machines.keys()])}` });
    if (host === undefined && datastore === undefined)
      problems.push({ path, fact: "it says neither host nor datastore", fix: "name a host, a datastore or both" });
    if (host !== undefined && !hosts.has(host))
      problems.push({ path: `${path}.host`, fact: `there is no host ${host}`, fix: "use a name from hosts" });
    else if (
      datastore !== undefined &&
      !(host === undefined ? [...hosts] : [host]).some((h) => visibleDatastores(spec, h).has(datastore))
    )
      problems.push({
        path: `${path}.datastore`,
        fact: host === undefined ? `there is no datastore ${datastore}` : `host ${host} has no datastore ${datastore}`,
        fix: "use a datastore of one of its devices",
      });
  };
  const group = (path: string, prefix: string, placement: Record<string, { host?: string; datastore?: string }>) => {
    for (const [key, where] of Object.entries(placement))
      check(`${path}.${key}`, machineName(spec, prefix, key), where);
  };
  group("etcd.placement", "etcd", spec.etcd.placement);
  group("controlPlanes.placement", "control-plane", spec.controlPlanes.placement);
  if (spec.loadBalancer.kind === "haproxy")
    group("loadBalancer.placement", "load-balancer", spec.loadBalancer.placement);
  spec.workers.forEach((pool, i) => {
    group(`workers[${i}].placement`, pool.name, pool.placement);
  });
  spec.overrides.forEach((override, i) => {
    check(`overrides[${i}]`, override.machine, override);
  });
  return problems;
}

function listed(names: string[]): string {
  return names.length > 6 ? `${names.slice(0, 5).join(", ")}, …` : names.join(", ");
}
