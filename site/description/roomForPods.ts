import { allocatable } from "./kubeletReservations";
import { hasMetalLb, SPEAKER_REQUESTS } from "./metalLb";
import type { SiteSpec } from "./spec";

/** CPUs, and memory in GiB. */
export interface Room {
  cpus: number;
  memoryGiB: number;
}

/** What the site itself runs on every worker, of what pods could have there; nothing where that is not worth counting. */
export function onEachWorker(spec: { network: Pick<SiteSpec["network"], "serviceAddresses"> }): Room | undefined {
  return hasMetalLb(spec)
    ? { cpus: SPEAKER_REQUESTS.milliCpus / 1000, memoryGiB: SPEAKER_REQUESTS.memoryMiB / 1024 }
    : undefined;
}

/** What a worker has for workloads: what its kubelet offers, less what the site itself runs on every worker. */
export function roomForPods(
  { onEachWorker: taken = { cpus: 0, memoryGiB: 0 } }: { onEachWorker?: Room },
  { cpus = 0, memoryGiB = 0 }: Partial<Room>,
): Room {
  const room = allocatable({ cpus, memoryGiB });
  return { cpus: room.cpus - taken.cpus, memoryGiB: room.memoryGiB - taken.memoryGiB };
}
