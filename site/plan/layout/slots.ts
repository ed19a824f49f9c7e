import { byNumbers } from "../../description/order";
import type { MachineRequest } from "../../description/requests";
import type { Media } from "../../description/spec";
import { isStore } from "../../description/stores";
import type { DeviceEntry, HostEntry } from "../hardware";
import type { Ledger, Place, Slot } from "./ledger";

/** What a place must have. A layout that cannot keep all of them drops them one by one, and says which. */
export const NEEDS = ["media", "cpu", "space", "memory", "devices"] as const;
export type Need = (typeof NEEDS)[number];
export type Needs = Readonly<Record<Need, boolean>>;

const MEDIA: Record<Media, number> = { nvme: 0, ssd: 1, hdd: 2 };

/** Which devices, and which datastores on them, a group of machines uses. */
export class Occupied {
  private readonly datastores = new Map<string, string[]>();

  constructor(places: readonly Place[]) {
    for (const place of places) this.add(place);
  }

  add(place: Place): void {
    const { device, datastore } = place.data ?? place.system;
    this.datastores.set(device.id, [...this.on(device), datastore]);
  }

  remove(place: Place): void {
    this.datastores.set(
      (place.data ?? place.system).device.id,
      this.on((place.data ?? place.system).device).slice(0, -1),
    );
  }

  on(device: DeviceEntry): readonly string[] {
    return this.datastores.get(device.id) ?? [];
  }
}

/** Whether a host has the memory and CPUs for one more machine. */
export function carries(host: HostEntry, request: MachineRequest, ledger: Ledger, needs: Needs): boolean {
  return (
    (!needs.memory || ledger.freeMemory(host) >= request.memoryGiB) &&
    (!needs.cpu || ledger.freeCpus(host) >= request.cpus)
  );
}

/**
 * The places a machine can have on a host, best first; equivalent ones once. Of local devices the best stands for the others,
 * unless every one is asked for: where room is scarce, the best for one machine may be the only one for another.
 */
export function placesOn(
  host: HostEntry,
  request: MachineRequest,
  ledger: Ledger,
  occupied: Occupied,
  needs: Needs,
  devices: "best" | "every" = "best",
): Place[] {
  if (!carries(host, request, ledger, needs)) return [];
  return isStore(request.role)
    ? storePlaces(host, request, ledger, occupied, needs, devices)
    : serverPlaces(host, request, ledger, occupied, needs, devices);
}

/** Members of a store: distinct devices, or distinct partitions of a redundant one (L3); no magnetic disks (L2). */
function storePlaces(
  host: HostEntry,
  request: MachineRequest,
  ledger: Ledger,
  occupied: Occupied,
  needs: Needs,
  devices: "best" | "every",
): Place[] {
  const size = request.dataDiskGiB ?? 0;
  const slots = host.devices
    .filter((device) => !needs.media || device.media !== "hdd")
    .filter((device) => !needs.space || ledger.freeSpace(device) >= size)
    .map((device) => ({ device, datastore: freeDatastore(device, ledger, occupied, needs) }))
    .filter((slot): slot is Slot => slot.datastore !== undefined)
    .map((slot) => ({ slot, merit: storeMerit(slot.device, ledger, occupied) }))
    .sort((a, b) => byNumbers(a.merit, b.merit))
    .map(({ slot }) => slot);
  // A local device serves this host only, so the best one stands for the others; a shared one may be wanted elsewhere.
  const local = slots.find((s) => !s.device.shared);
  const options =
    devices === "every"
      ? unlike(slots, (s) => s.device, ledger, occupied)
      : slots.filter((s) => s.device.shared || s === local);
  return options.flatMap((data) => {
    const beside = { host, data, system: besideData(host, data, request, ledger, needs) };
    if (devices === "best" || !Number.isFinite(data.device.capacityGiB)) return [beside];
    const elsewhere = host.devices.filter(
      (d) => d !== data.device && d !== beside.system.device && ledger.freeSpace(d) >= request.systemDiskGiB,
    );
    const apart = unlike(elsewhere, (d) => d, ledger, occupied);
    return [beside, ...apart.map((d) => ({ host, data, system: { device: d, datastore: d.datastores[0] as string } }))];
  });
}

function storeMerit(device: DeviceEntry, ledger: Ledger, occupied: Occupied): number[] {
  return [
    occupied.on(device).length,
    MEDIA[device.media],
    device.shared ? 1 : 0,
    ledger.dataOn(device),
    device.redundancy === "none" ? 1 : 0,
    ledger.disksOn(device),
  ];
}

function freeDatastore(device: DeviceEntry, ledger: Ledger, occupied: Occupied, needs: Needs): string | undefined {
  const taken = occupied.on(device);
  const open = device.datastores.filter((name) => mayLieOn(device, name, needs, (...on) => ledger.holdsVolumes(...on)));
  const free = open.find((name) => !taken.includes(name));
  if (taken.length === 0) return free;
  if (device.redundancy !== "none" && free !== undefined) return free;
  return needs.devices ? undefined : (free ?? device.datastores[0]);
}

/** A member's system disk lies with its data, so that one device's loss is one member's loss; elsewhere only for want of space. */
function besideData(host: HostEntry, data: Slot, request: MachineRequest, ledger: Ledger, needs: Needs): Slot {
  const total = (request.dataDiskGiB ?? 0) + request.systemDiskGiB;
  if (!needs.space || ledger.freeSpace(data.device) >= total) return data;
  const roomy = host.devices
    .filter((d) => d !== data.device && ledger.freeSpace(d) >= request.systemDiskGiB)
    .sort((a, b) => ledger.dataOn(a) - ledger.dataOn(b) || ledger.disksOn(a) - ledger.disksOn(b))[0];
  return roomy ? { device: roomy, datastore: roomy.datastores[0] as string } : data;
}

/** Stores and workers' volumes share no device, and of a redundant one no partition: a full or busy disk slows every write of etcd. */
function mayLieOn(
  device: DeviceEntry,
  datastore: string,
  needs: Needs,
  holdsOther: (device: DeviceEntry, datastore?: string) => boolean,
): boolean {
  return !needs.devices || !(device.redundancy === "none" ? holdsOther(device) : holdsOther(device, datastore));
}

/** Other machines: apart from each other, and away from the stores' data where there is a choice; a worker's volumes always are. */
function serverPlaces(
  host: HostEntry,
  request: MachineRequest,
  ledger: Ledger,
  occupied: Occupied,
  needs: Needs,
  devices: "best" | "every",
): Place[] {
  const { dataDiskGiB = 0 } = request;
  const hasVolumes = dataDiskGiB > 0;
  const open = (device: DeviceEntry) =>
    device.datastores.filter(
      (name) => !hasVolumes || mayLieOn(device, name, needs, (...on) => ledger.holdsStore(...on)),
    );
  const fit = host.devices
    .filter((device) => !needs.space || ledger.freeSpace(device) >= request.systemDiskGiB + dataDiskGiB)
    .filter((device) => open(device).length > 0)
    .map((device) => ({ device, merit: systemMerit(device, ledger, occupied) }))
    .sort((a, b) => byNumbers(a.merit, b.merit))
    .map(({ device }) => device);
  return (devices === "every" ? unlike(fit, (d) => d, ledger, occupied) : fit.slice(0, 1)).map((device) => {
    const taken = occupied.on(device);
    const datastores = open(device);
    const datastore = datastores.find((name) => !taken.includes(name)) ?? (datastores[0] as string);
    const slot = { device, datastore };
    return { host, system: slot, ...(hasVolumes && { data: slot }) };
  });
}

/** Of devices with the same room, redundancy and use, one. */
function unlike<T>(options: readonly T[], of: (option: T) => DeviceEntry, ledger: Ledger, occupied: Occupied): T[] {
  const seen = new Set<string>();
  return options.filter((option) => {
    const d = of(option);
    const room = [ledger.freeSpace(d), ledger.dataOn(d), occupied.on(d).length, d.datastores.length, d.redundancy];
    const key = d.shared ? d.id : [d.media === "hdd", ...room].join();
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function systemMerit(device: DeviceEntry, ledger: Ledger, occupied: Occupied): number[] {
  const free = ledger.freeSpace(device);
  return [
    occupied.on(device).length,
    ledger.dataOn(device),
    ledger.disksOn(device),
    MEDIA[device.media],
    Number.isFinite(free) ? -free : 0,
  ];
}
