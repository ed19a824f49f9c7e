import type { MachineRequest } from "../../description/requests";
import { isStore } from "../../description/stores";
import type { DeviceEntry, HostEntry } from "../hardware";

/** A place on a host's storage. */
export interface Slot {
  device: DeviceEntry;
  datastore: string;
}

/** Where a machine goes. What has a disk of its own has its system disk beside it: one device, one failure. */
export interface Place {
  host: HostEntry;
  system: Slot;
  data?: Slot;
}

/** What the placed machines leave free. */
export class Ledger {
  private readonly memory = new Map<string, number>();
  private readonly cpus = new Map<string, number>();
  private readonly space = new Map<string, number>();
  private readonly disks = new Map<string, number>();
  private readonly data = new Map<string, number>();
  /** Datastores by how many disks of stores, and for volumes, lie there. */
  private readonly stores = new Map<string, number>();
  private readonly volumes = new Map<string, number>();
  private readonly workers = new Map<string, number>();

  freeMemory(host: HostEntry): number {
    return host.memoryGiB - (this.memory.get(host.name) ?? 0);
  }

  freeCpus(host: HostEntry): number {
    return host.cpus - (this.cpus.get(host.name) ?? 0);
  }

  freeSpace(device: DeviceEntry): number {
    return device.capacityGiB - (this.space.get(device.id) ?? 0);
  }

  /** How many disks lie on a device: the busier, the later it is chosen. */
  disksOn(device: DeviceEntry): number {
    return this.disks.get(device.id) ?? 0;
  }

  /** How many stores' data disks lie on a device. */
  dataOn(device: DeviceEntry): number {
    return this.data.get(device.id) ?? 0;
  }

  /** Whether a store's data lies on a device, or on one of its datastores. */
  holdsStore(device: DeviceEntry, datastore?: string): boolean {
    return holds(this.stores, device, datastore);
  }

  /** The same of workers' volumes. */
  holdsVolumes(device: DeviceEntry, datastore?: string): boolean {
    return holds(this.volumes, device, datastore);
  }

  workersOn(host: HostEntry): number {
    return this.workers.get(host.name) ?? 0;
  }

  take(request: MachineRequest, place: Place): void {
    this.book(request, place, 1);
  }

  giveBack(request: MachineRequest, place: Place): void {
    this.book(request, place, -1);
  }

  private book(request: MachineRequest, { host, system, data }: Place, sign: 1 | -1): void {
    const add = (map: Map<string, number>, key: string, amount: number) =>
      map.set(key, (map.get(key) ?? 0) + sign * amount);
    add(this.memory, host.name, request.memoryGiB);
    add(this.cpus, host.name, request.cpus);
    if (request.role === "worker") add(this.workers, host.name, 1);
    add(this.space, system.device.id, request.systemDiskGiB);
    add(this.disks, system.device.id, 1);
    if (data) {
      add(this.space, data.device.id, request.dataDiskGiB ?? 0);
      add(this.disks, data.device.id, 1);
      if (isStore(request.role)) add(this.data, data.device.id, 1);
      add(isStore(request.role) ? this.stores : this.volumes, data.datastore, 1);
    }
  }
}

function holds(disks: ReadonlyMap<string, number>, device: DeviceEntry, datastore?: string): boolean {
  return (datastore === undefined ? device.datastores : [datastore]).some((name) => (disks.get(name) ?? 0) > 0);
}
