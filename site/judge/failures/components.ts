import { FAILURE_DOMAINS, NARROW_FIRST } from "../../description/failureDomains";
import type { Facts, MachineFact } from "../../facts/model";
import type { Component, FailureKind } from "./model";

/** Everything that can fail by itself. */
export function components(facts: Facts): Component[] {
  return [
    ...machines(facts),
    ...balancers(facts),
    ...storage(facts),
    ...hosts(facts),
    ...domains(facts),
    network(facts),
  ];
}

function machines(facts: Facts): Component[] {
  return facts.machines.map(({ name }) => ({ kind: "machine", id: name, down: [name], wiped: [name] }));
}

function balancers({ apiEndpoint, machines }: Facts): Component[] {
  if (apiEndpoint.kind === "external")
    return [{ kind: "load-balancer", id: apiEndpoint.host ?? "external", down: [], wiped: [], endpoint: true }];
  return machines
    .filter((m) => m.role === "load-balancer")
    .map(({ name }) => ({ kind: "load-balancer", id: name, down: [name], wiped: [name] }));
}

/** Devices and the datastores on them. A machine needs all of its disks; its data is on the data disk. */
function storage(facts: Facts): Component[] {
  const devices = new Map<string, Component>(
    facts.devices.map((d) => [d.id, { kind: "device", id: d.id, down: [], wiped: [] }]),
  );
  const datastores = new Map<string, Component>(
    facts.devices.flatMap((d) =>
      d.datastores.map((id) => [id, { kind: "datastore", id, down: [], wiped: [] }] as const),
    ),
  );
  for (const machine of facts.machines)
    for (const disk of machine.disks)
      for (const lost of [
        ...(disk.devices ?? []).map((id) => devices.get(id)),
        disk.datastore === undefined ? undefined : datastores.get(disk.datastore),
      ]) {
        lost?.down.push(machine.name);
        if (disk.name === "data") lost?.wiped.push(machine.name);
      }
  return [...devices.values(), ...datastores.values()];
}

/** Hosts, each with the storage that only it sees. */
function hosts(facts: Facts): Component[] {
  const byHost = byKey(facts.machines, (m) => m.host);
  const local = localDevices(facts);
  return facts.hosts.map(({ name }) => takeAlong("host", name, byHost.get(name) ?? [], local));
}

/** The domains that hosts lie in, each with its hosts. What only takes their power away leaves their disks. */
function domains(facts: Facts): Component[] {
  const local = localDevices(facts);
  return NARROW_FIRST.flatMap((kind) => {
    const domainOf = new Map(facts.hosts.map((h) => [h.name, h[kind]]));
    const inDomain = byKey(facts.machines, (m) => (m.host === undefined ? undefined : domainOf.get(m.host)));
    const names = [...new Set(facts.hosts.map((h) => h[kind]).filter((d) => d !== undefined))];
    return names.map((name) => {
      const component = takeAlong(kind, name, inDomain.get(name) ?? [], local);
      return FAILURE_DOMAINS[kind].takesDisks ? component : { ...component, wiped: [] };
    });
  });
}

/** The segment that all machines share: everything runs on, nobody reaches anybody. */
function network(facts: Facts): Component {
  return {
    kind: "network",
    id: facts.network.cidr ?? "network",
    down: facts.machines.map((m) => m.name),
    wiped: [],
    endpoint: true,
  };
}

function takeAlong(kind: FailureKind, id: string, down: readonly MachineFact[], local: ReadonlySet<string>): Component {
  const wiped = down.filter((m) =>
    m.disks.some((d) => d.name === "data" && d.devices?.some((device) => local.has(device))),
  );
  return { kind, id, down: down.map((m) => m.name), wiped: wiped.map((m) => m.name) };
}

/** Devices that one host sees: lost with it, at worst. */
function localDevices(facts: Facts): ReadonlySet<string> {
  return new Set(facts.devices.filter((d) => d.hosts.length === 1 && !d.shared).map((d) => d.id));
}

function byKey(
  machines: readonly MachineFact[],
  key: (m: MachineFact) => string | undefined,
): Map<string, MachineFact[]> {
  const groups = new Map<string, MachineFact[]>();
  for (const machine of machines) {
    const value = key(machine);
    if (value === undefined) continue;
    const group = groups.get(value);
    if (group) group.push(machine);
    else groups.set(value, [machine]);
  }
  return groups;
}
