import { storedName } from "../../site/description/inventoryName";
import type { Need } from "./model";
import type { SiteSeen } from "./seen";

type Machine = SiteSeen["facts"]["machines"][number];

/**
 * Machines that vCenter has elsewhere than the last `up` left them, or not at all. What a failure costs is counted by where they were.
 * A worker whose disks all lie on storage that several hosts see is where DRS or HA has put it.
 */
export function driftNeeds({ places, facts, shared, stack }: SiteSeen): Need[] {
  if (!Array.isArray(places)) return [];
  const byName = new Map(places.map((place) => [place.name, place]));
  const again = `npx groundwork report --stack ${stack} --refresh; then pulumi up --refresh --stack ${stack}`;
  return facts.machines.flatMap((machine): Need[] => {
    const place = byName.get(storedName(machine.name));
    const giveUp = `npx groundwork recover --stack ${stack} --gone ${machine.name}; then pulumi up --stack ${stack}`;
    if (place === undefined) return [{ what: `vCenter has no machine ${machine.name}`, run: giveUp }];
    const { host, connection = "connected", datastores } = place;
    if (connection !== "connected")
      return [
        { what: `vCenter says that ${machine.name} is ${connection}`, run: `bring back what it lies on, or ${giveUp}` },
      ];
    const moved = movedDisks(machine, datastores);
    const isElsewhere = host !== undefined && machine.host !== undefined && host !== storedName(machine.host);
    return [
      ...(isElsewhere && !isMovable(machine, shared)
        ? [{ what: `${machine.name} is on ${host}, and was made on ${machine.host}`, run: again }]
        : []),
      ...moved.map((what) => ({ what: `${machine.name}: ${what}`, run: again })),
    ];
  });
}

/** Why vCenter was not asked, for a person to read. */
export function driftNotes({ places }: SiteSeen): string[] {
  return places === undefined || Array.isArray(places)
    ? []
    : [`vCenter was not asked where the machines are: ${places.problem}`];
}

function movedDisks({ disks }: Machine, datastores: readonly string[]): string[] {
  return disks.flatMap(({ name, datastore }, i) => {
    const is = datastores[i];
    if (is === undefined) return [`vCenter shows no ${name} disk`];
    return datastore === undefined || storedName(is) === storedName(datastore)
      ? []
      : [`its ${name} disk lies on ${is}, and was made on ${datastore}`];
  });
}

function isMovable({ role, disks }: Machine, shared: readonly string[]): boolean {
  return role === "worker" && disks.length > 0 && disks.every(({ datastore = "" }) => shared.includes(datastore));
}
