import { visibleDatastores } from "../datastores";
import { capabilitiesOf } from "../hypervisors";
import { contains, parseRange, toNumber } from "../ipv4";
import type { Problem } from "../problem";
import type { SiteSpec } from "../spec";

/** Servers that exist: each in the network, on a host, in a role that the site has; as many as the description says. */
export function consistentExisting(spec: SiteSpec): Problem[] {
  const { kind } = spec.hypervisor;
  const copies = capabilitiesOf(kind).makesMachines ? [] : templates(spec);
  if (capabilitiesOf(kind).makesMachines)
    return spec.machines.length > 0
      ? [
          {
            path: "machines",
            fact: `machines are listed, but the hypervisor is ${kind}`,
            fix: "remove them, or use hypervisor.kind existing",
          },
        ]
      : [];
  if (spec.machines.length === 0)
    return [
      {
        path: "machines",
        fact: "no machine is listed",
        fix: "list the existing servers with role, host, address and hostKey",
      },
    ];
  return [
    ...copies,
    ...named(spec),
    ...spec.machines.flatMap((_, i) => machine(spec, i)),
    ...roles(spec),
    ...counts(spec),
  ];
}

/** Nothing is cloned. */
function templates({ hosts }: SiteSpec): Problem[] {
  return hosts.flatMap(({ template }, i) =>
    template === undefined
      ? []
      : [{ path: `hosts[${i}].template`, fact: "servers that exist are cloned from no template", fix: "remove it" }],
  );
}

function named(spec: SiteSpec): Problem[] {
  const firstAt = new Map<string, string>();
  return spec.machines.flatMap((machine, i) =>
    (["name", "address", "hostKey"] as const).flatMap((key): Problem[] => {
      const path = `machines[${i}]`;
      // A key's comment does not make another key of it.
      const value = machine[key].split(" ").slice(0, 2).join(" ");
      const earlier = firstAt.get(`${key} ${value}`);
      if (!earlier) firstAt.set(`${key} ${value}`, path);
      if (earlier && key === "hostKey")
        return [
          {
            path: `${path}.hostKey`,
            fact: `it is the key of ${earlier}, too`,
            fix: "write each machine's own; where they share one, because they were cloned, make new ones with ssh-keygen -A",
          },
        ];
      return earlier
        ? [
            {
              path: `${path}.${key}`,
              fact: `${machine[key]} is already used by ${earlier}`,
              fix: `give each machine its own ${key}`,
            },
          ]
        : [];
    }),
  );
}

function machine(spec: SiteSpec, i: number): Problem[] {
  const problems: Problem[] = [];
  const machine = spec.machines[i] as SiteSpec["machines"][number];
  const add = (key: string, fact: string, fix: string) => problems.push({ path: `machines[${i}].${key}`, fact, fix });
  const { cidr } = spec.network;
  if (!spec.hosts.some((h) => h.name === machine.host))
    add("host", `there is no host ${machine.host}`, "use a name from hosts");
  else if (machine.datastore !== undefined && !visibleDatastores(spec, machine.host).has(machine.datastore))
    add(
      "datastore",
      `host ${machine.host} has no datastore ${machine.datastore}`,
      "use a datastore of one of its devices",
    );
  if (!contains(parseRange(cidr), toNumber(machine.address)))
    add("address", `${machine.address} is outside ${cidr}`, "use the machine's address in that network");
  if (machine.pool !== undefined && machine.role !== "worker")
    add("pool", `role ${machine.role} has no pool`, "remove it");
  else if (machine.pool !== undefined && !spec.workers.some((p) => p.name === machine.pool))
    add("pool", `there is no pool ${machine.pool}`, "use a name from workers");
  else if (machine.pool === undefined && machine.role === "worker")
    add(
      "pool",
      "a worker belongs to a pool",
      spec.workers.length > 0
        ? `use ${spec.workers.map((p) => p.name).join(", ")}`
        : "describe a pool in workers, and name it here",
    );
  return problems;
}

/** Roles that the site must have servers for, and roles that it has no use for. */
function roles(spec: SiteSpec): Problem[] {
  const { etcd, loadBalancer } = spec;
  const listed = (role: string) => spec.machines.filter((m) => m.role === role).length;
  const missing = (["etcd", "control-plane"] as const).filter((role) => listed(role) === 0);
  const of: [role: string, wanted: boolean, setting: string][] = [
    ["events", etcd.events !== undefined, "etcd.events"],
    ["network-store", etcd.networkStore !== undefined, "etcd.networkStore"],
    ["load-balancer", loadBalancer.kind === "haproxy", "loadBalancer.kind haproxy"],
  ];
  return [
    ...missing.map((role) => ({
      path: "machines",
      fact: `no machine has the role ${role}`,
      fix: `give at least one server the role ${role}`,
    })),
    ...of
      .filter(([role, wanted]) => wanted !== listed(role) > 0)
      .map(([role, wanted, setting]) => ({
        path: "machines",
        fact: wanted ? `no machine has the role ${role}` : `a machine has the role ${role}, but there is no ${setting}`,
        fix: wanted ? `give servers the role ${role}, or remove ${setting}` : `set ${setting}, or give it another role`,
      })),
  ];
}

/** A number that is written down must be that of the servers that are listed. */
function counts(spec: SiteSpec): Problem[] {
  const { etcd, controlPlanes, loadBalancer } = spec;
  const listed = (role: string, pool?: string) =>
    spec.machines.filter((m) => m.role === role && m.pool === pool).length;
  const said: [path: string, role: string, said: number | undefined, listed: number][] = [
    ["etcd.members", "etcd", etcd.members, listed("etcd")],
    ["etcd.events.members", "events", etcd.events?.members, listed("events")],
    ["etcd.networkStore.members", "network-store", etcd.networkStore?.members, listed("network-store")],
    ["controlPlanes.count", "control-plane", controlPlanes.count, listed("control-plane")],
    [
      "loadBalancer.count",
      "load-balancer",
      loadBalancer.kind === "haproxy" ? loadBalancer.count : undefined,
      listed("load-balancer"),
    ],
    // Whom a worker without a pool of the site belongs to is told at the worker; until then nobody can count.
    ...(spec.machines.some((m) => m.role === "worker" && !spec.workers.some(({ name }) => name === m.pool))
      ? []
      : spec.workers.map((pool, i): [string, string, number, number] => [
          `workers[${i}].count`,
          `worker in pool ${pool.name}`,
          pool.count,
          listed("worker", pool.name),
        ])),
  ];
  return said
    .filter(([, , wanted, there]) => wanted !== undefined && wanted !== there)
    .map(([path, role, wanted, there]) => ({
      path,
      fact: `${wanted} is not the number of machines that are listed as ${role}, ${there}`,
      fix: `list ${wanted} of them, or use ${there}`,
    }));
}
