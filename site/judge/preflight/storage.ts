import { datastoresOf } from "../../description/datastores";
import { sameDevice } from "../../description/deviceId";
import { storedName } from "../../description/inventoryName";
import type { SiteSpec } from "../../description/spec";
import type { VcenterDatastore, VcenterFacts } from "../../facts/vcenter";
import type { SitePlan } from "../../plan/model";
import { caution, ok, type PreflightLine, refused } from "./line";

/** The datastores of the description: there, in service, on the device that is described, and with room for what is new. */
export function storageLines(plan: SitePlan, facts: VcenterFacts, mine: ReadonlySet<string>): PreflightLine[] {
  const wanted = wantedGiB(plan, mine);
  return storesOf(plan.spec).flatMap((described) => {
    const { path, name } = described;
    const found = facts.datastores.filter((each) => each.name === storedName(name));
    const [first, second] = found;
    if (!first)
      return [
        refused(
          `${path}.datastore`,
          `vCenter shows no datastore ${name} to this account`,
          "correct the name, or give the account the read-only role and Datastore.AllocateSpace on it",
        ),
      ];
    if (second)
      return [refused(`${path}.datastore`, `${found.length} datastores are called ${name}`, "rename all but one")];
    return datastoreLines(described, first, wanted.get(name) ?? 0);
  });
}

/**
 * Devices of the description that are not what vCenter has below their datastores: what the proof of where members lie rests on. A
 * datastore that is not shown, or not in service, says nothing: a site goes on without it.
 */
export function deviceRefusals({ spec }: SitePlan, datastores: readonly VcenterDatastore[]): PreflightLine[] {
  return storesOf(spec).flatMap((described) => {
    const [first, second] = datastores.filter(({ name }) => name === storedName(described.name));
    return first && !second ? deviceLines(described, first).filter(({ state }) => state === "refused") : [];
  });
}

/** A datastore as the description has it. */
interface DescribedStore {
  path: string;
  name: string;
  /** The device that it lies on, as a host names it. */
  id: string;
  hosts: readonly string[];
  isShared: boolean;
}

function storesOf(spec: SiteSpec): DescribedStore[] {
  const local = spec.hosts.flatMap(({ name: host, devices }, h) =>
    devices.flatMap((device, d) => {
      // A disk that has one name on every host is described with its host before it.
      const id = device.id.startsWith(`${host}/`) ? device.id.slice(host.length + 1) : device.id;
      const path = `hosts[${h}].devices[${d}]`;
      return datastoresOf(device).map((name) => ({ path, name, id, hosts: [host], isShared: false }));
    }),
  );
  const all = spec.hosts.map(({ name }) => name);
  const shared = spec.sharedStorage.flatMap((device, index) => {
    const { id, hosts = all } = device;
    return datastoresOf(device).map((name) => ({ path: `sharedStorage[${index}]`, name, id, hosts, isShared: true }));
  });
  return [...local, ...shared];
}

/** GiB of the disks that are still to be made, by datastore. */
function wantedGiB({ machines }: SitePlan, mine: ReadonlySet<string>): Map<string, number> {
  const wanted = new Map<string, number>();
  for (const machine of machines.filter(({ name }) => !mine.has(name)))
    for (const { datastore, sizeGiB } of machine.disks) wanted.set(datastore, (wanted.get(datastore) ?? 0) + sizeGiB);
  return wanted;
}

function datastoreLines(described: DescribedStore, store: VcenterDatastore, wanted: number): PreflightLine[] {
  const { path, hosts } = described;
  const { name } = store;
  if (store.accessible === false)
    return [refused(`${path}.datastore`, `${name} is not accessible`, "mend its device or connection first")];
  if (store.maintenance)
    return [refused(`${path}.datastore`, `${name} is in maintenance mode`, "end that before `up`")];
  const blind = hosts.filter((host) => !store.hosts.includes(host));
  if (blind.length > 0)
    return [
      refused(
        `${path}.datastore`,
        `${name} is not mounted on ${blind.join(", ")}`,
        "mount it there, or correct the description",
      ),
    ];
  return [...deviceLines(described, store), ...spaceLines(path, store, wanted)];
}

function deviceLines({ path, id, isShared }: DescribedStore, { name, extents }: VcenterDatastore): PreflightLine[] {
  if (extents.length === 0)
    return isShared
      ? []
      : [
          caution(
            `${path}.id`,
            `vCenter knows no disk below ${name}: that it lies on ${id} is your word alone`,
            "see that no other device of the description lies below it",
          ),
        ];
  if (extents.length > 1)
    return [
      refused(`${path}.id`, `${name} spans ${extents.join(" and ")}, and fails with any of them`, "use one disk each"),
    ];
  return extents[0] !== undefined && sameDevice(extents[0], id)
    ? []
    : [refused(`${path}.id`, `${name} lies on ${extents[0]}, not on ${id}`, `write id: ${extents[0]}`)];
}

function spaceLines(path: string, { name, freeGiB, kind }: VcenterDatastore, wanted: number): PreflightLine[] {
  if (freeGiB === undefined) return [];
  if (wanted > freeGiB)
    return [
      refused(
        `${path}.datastore`,
        `${name} has ${freeGiB} GiB free, and ${Math.ceil(wanted)} GiB of disks are planned on it`,
        "free space, or plan smaller disks",
      ),
    ];
  return [ok(`${path}.datastore`, `${name} (${kind}) has ${freeGiB} GiB free for ${Math.ceil(wanted)} GiB`)];
}
