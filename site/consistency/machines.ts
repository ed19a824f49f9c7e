import { contains, parseRange, toNumber } from "../ipv4";
import type { Problem } from "../problem";
import { machineName, requestMachines } from "../requests";
import type { SiteSpec } from "../spec";
import { datastoresOf } from "./storage";

/** Pool names that would collide with the names of other machines. */
const TAKEN = ["etcd", "events", "control-plane", "load-balancer"];

/** Machines, pools and the owner's placements: names that exist, hosts and datastores that fit together. */
export function consistentMachines(spec: SiteSpec): Problem[] {
  return [...pools(spec), ...existing(spec), ...placements(spec)];
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

function existing(spec: SiteSpec): Problem[] {
  const problems: Problem[] = [];
  if (spec.hypervisor.kind !== "existing") {
    if (spec.machines.length > 0)
      problems.push({
        path: "machines",
        fact: "machines are listed, but the hypervisor is vsphere",
        fix: "remove them, or use hypervisor.kind existing",
      });
    return problems;
  }
  if (spec.machines.length === 0)
    problems.push({
      path: "machines",
      fact: "no machine is listed",
      fix: "list the existing servers with role, host, address and hostKey",
    });
  const hosts = new Set(spec.hosts.map((h) => h.name));
  const poolNames = new Set(spec.workers.map((p) => p.name));
  const firstAt = new Map<string, string>();
  spec.machines.forEach((machine, i) => {
    const path = `machines[${i}]`;
    for (const key of ["name", "address"] as const) {
      const earlier = firstAt.get(`${key} ${machine[key]}`);
      if (earlier)
        problems.push({
          path: `${path}.${key}`,
          fact: `${machine[key]} is already used by ${earlier}`,
          fix: `give each machine its own ${key}`,
        });
      firstAt.set(`${key} ${machine[key]}`, path);
    }
    if (!hosts.has(machine.host))
      problems.push({ path: `${path}.host`, fact: `there is no host ${machine.host}`, fix: "use a name from hosts" });
    if (!contains(parseRange(spec.network.cidr), toNumber(machine.address)))
      problems.push({
        path: `${path}.address`,
        fact: `${machine.address} is outside ${spec.network.cidr}`,
        fix: "use the machine's address in that network",
      });
    if (machine.address === spec.network.apiVip || machine.address === spec.network.gateway)
      problems.push({
        path: `${path}.address`,
        fact: `${machine.address} is the ${machine.address === spec.network.gateway ? "gateway" : "virtual address"}`,
        fix: "use the machine's own address",
      });
    if (machine.pool !== undefined && machine.role !== "worker")
      problems.push({ path: `${path}.pool`, fact: `a ${machine.role} has no pool`, fix: "remove it" });
    if (machine.pool !== undefined && !poolNames.has(machine.pool))
      problems.push({ path: `${path}.pool`, fact: `there is no pool ${machine.pool}`, fix: "use a name from workers" });
    if (machine.datastore !== undefined && !visible(spec, machine.host).has(machine.datastore))
      problems.push({
        path: `${path}.datastore`,
        fact: `host ${machine.host} has no datastore ${machine.datastore}`,
        fix: "use a datastore of one of its devices",
      });
  });
  for (const role of ["etcd", "control-plane"] as const)
    if (!spec.machines.some((m) => m.role === role))
      problems.push({
        path: "machines",
        fact: `no machine has the role ${role}`,
        fix: `give at least one server the role ${role}`,
      });
  return problems;
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
      !(host === undefined ? [...hosts] : [host]).some((h) => visible(spec, h).has(datastore))
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

function visible(spec: SiteSpec, host: string): Set<string> {
  const local = spec.hosts.find((h) => h.name === host)?.devices.flatMap(datastoresOf) ?? [];
  const shared = spec.sharedStorage.filter((s) => s.hosts?.includes(host) ?? true).flatMap(datastoresOf);
  return new Set([...local, ...shared]);
}

function listed(names: string[]): string {
  return names.length > 6 ? `${names.slice(0, 5).join(", ")}, …` : names.join(", ");
}
