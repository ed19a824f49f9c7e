import { datastoresOf } from "../../description/datastores";
import { sameDevice } from "../../description/deviceId";
import { storedName } from "../../description/inventoryName";
import type { VcenterDatastore, VcenterFacts } from "../../facts/vcenter";
import type { SitePlan } from "../../plan/model";
import { caution, ok, type PreflightLine, refused } from "./line";

/** The datastores of the description: there, in service, on the device that is described, and with room for what is new. */
export function storageLines(plan: SitePlan, facts: VcenterFacts, mine: ReadonlySet<string>): PreflightLine[] {
  const { spec } = plan;
  const local = spec.hosts.flatMap((host, h) =>
    host.devices.map((device, d) => ({ path: `hosts[${h}].devices[${d}]`, device, hosts: [host.name], shared: false })),
  );
  const shared = spec.sharedStorage.map((device, index) => ({
    path: `sharedStorage[${index}]`,
    device,
    hosts: device.hosts ?? spec.hosts.map(({ name }) => name),
    shared: true,
  }));
  const wanted = wantedGiB(plan, mine);
  return [...local, ...shared].flatMap(({ path, device, hosts, shared: isShared }) => {
    return datastoresOf(device).flatMap((name) => {
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
      // A disk that has one name on every host is described with its host before it.
      const [local] = hosts.filter((host) => !isShared && device.id.startsWith(`${host}/`));
      return datastoreLines(path, local === undefined ? device.id : device.id.slice(local.length + 1), first, {
        hosts,
        isShared,
        wanted: wanted.get(name) ?? 0,
      });
    });
  });
}

/** GiB of the disks that are still to be made, by datastore. */
function wantedGiB({ machines }: SitePlan, mine: ReadonlySet<string>): Map<string, number> {
  const wanted = new Map<string, number>();
  for (const machine of machines.filter(({ name }) => !mine.has(name)))
    for (const { datastore, sizeGiB } of machine.disks) wanted.set(datastore, (wanted.get(datastore) ?? 0) + sizeGiB);
  return wanted;
}

function datastoreLines(
  path: string,
  id: string,
  store: VcenterDatastore,
  { hosts, isShared, wanted }: { hosts: readonly string[]; isShared: boolean; wanted: number },
): PreflightLine[] {
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
  return [...deviceLines(path, id, store, isShared), ...spaceLines(path, store, wanted)];
}

function deviceLines(
  path: string,
  id: string,
  { name, extents }: VcenterDatastore,
  isShared: boolean,
): PreflightLine[] {
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
