import { listed } from "../../description/listed";
import type { DeviceFact, DiskFact, Facts, MachineFact } from "../../facts/model";
import { type Breach, majority, rule, stores } from "./rule";

const source = "L3 [B, X: capv#894, capv#3481, talos#10678]";

interface DiskOn {
  member: MachineFact;
  disk: DiskFact;
}

/** The members' disks by the device they lie on. */
function disksByDevice(members: readonly MachineFact[]): Map<string, DiskOn[]> {
  const found = new Map<string, DiskOn[]>();
  for (const member of members)
    for (const disk of member.disks)
      for (const device of disk.devices ?? []) found.set(device, [...(found.get(device) ?? []), { member, disk }]);
  return found;
}

/** Separate partitions of redundant storage are as good as separate devices. */
function apart(device: DeviceFact | undefined, disks: readonly DiskOn[]): boolean {
  const redundant = device?.redundancy !== undefined && device.redundancy !== "none";
  const data = disks.filter((d) => d.disk.name === "data").map((d) => d.disk.datastore);
  return redundant && new Set(data).size === data.length;
}

export const etcdOnDistinctDevices = rule({
  id: "etcd-distinct-devices",
  subject: "etcd",
  scope: "site",
  decided: "by one machine",
  withoutSite: "with etcd",
  sentence:
    "each etcd member's disks lie on a storage device of their own, or on separate partitions of a redundant one",
  severity: "mandatory",
  source,
  fix: "give each member a device of its own",
  check: (facts) => stores(facts).flatMap(({ name, members }) => sharedDevices(facts, name, members)),
});

function sharedDevices(facts: Facts, store: string, members: readonly MachineFact[]): Breach[] {
  const breaches: Breach[] = [];
  for (const [id, disks] of disksByDevice(members)) {
    const sharers = [...new Set(disks.map((d) => d.member))];
    const device = facts.devices.find((d) => d.id === id);
    if (sharers.length < 2 || apart(device, disks)) continue;
    const sharer = sharers.at(-1) as MachineFact;
    const free =
      device && device.redundancy !== undefined && device.redundancy !== "none" ? "separate partitions of it, or " : "";
    breaches.push({
      path: `${sharer.path}.disks`,
      message: `${store} members ${listed(sharers.map((m) => m.name))} share device ${id}${datastoresSaid(disks)}`,
      fix: `use ${free}another device for ${sharers
        .slice(1)
        .map((m) => m.name)
        .join(", ")}${spareDevice(facts, sharer, members)}`,
    });
  }
  return breaches;
}

function datastoresSaid(disks: readonly DiskOn[]): string {
  const names = [...new Set(disks.map((d) => d.disk.datastore).filter((d) => d !== undefined))];
  return names.length > 0 ? ` (datastore${names.length > 1 ? "s" : ""} ${listed(names)})` : "";
}

/** A device of the same host, or of another one, that no member uses. */
function spareDevice(facts: Facts, member: MachineFact, members: readonly MachineFact[]): string {
  const used = new Set(members.flatMap((m) => m.disks.flatMap((d) => d.devices ?? [])));
  const spare = facts.devices.filter((d) => !used.has(d.id));
  const best = spare.find((d) => member.host !== undefined && d.hosts.includes(member.host)) ?? spare[0];
  return best
    ? `, for example ${best.id} (datastore ${best.datastores[0]}) of ${listed(best.hosts.slice(0, 3))}`
    : "; the site has no unused device: add one";
}

export const etcdDevicesAreKnown = rule({
  id: "etcd-device-known",
  subject: "etcd",
  scope: "site",
  decided: "by one machine",
  sentence: "the device below each etcd member's disk is in the inventory",
  severity: "mandatory",
  source,
  fix: "add the device and its datastore to the host in the site's description",
  check: (facts) =>
    stores(facts).flatMap(({ members }) =>
      members.flatMap((m) =>
        m.disks
          .filter((d) => d.devices?.length === 0)
          .map((d) => ({
            path: `${m.path}.disks.${d.name}`,
            message: `the ${d.name} disk of ${m.name} lies on datastore ${d.datastore ?? "(unknown)"}, which is on no known device`,
          })),
      ),
    ),
});

export const noDeviceHoldsEtcdMajority = rule({
  id: "etcd-device-majority",
  subject: "etcd",
  scope: "site",
  withoutSite: "with etcd",
  sentence: "no storage device carries a majority of etcd",
  severity: "advisory",
  source: "L3, L8 [B]",
  fix: "spread the members over more devices; redundant storage survives a disk, not its controller",
  check: (facts) =>
    stores(facts).flatMap(({ name, members }) =>
      [...disksByDevice(members)].flatMap(([id, disks]) => {
        const on = new Set(disks.map((d) => d.member.name));
        return members.length > 2 && on.size >= majority(members.length)
          ? [
              {
                path: `devices.${id}`,
                message: `device ${id} carries ${on.size} of ${members.length} ${name} members: its loss ends the store`,
              },
            ]
          : [];
      }),
    ),
});
