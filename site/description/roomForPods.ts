import { FLUX_REQUESTS, hasFlux } from "./flux";
import { CERT_MANAGER_REQUESTS, hasGatewayApi, TRAEFIK_REQUESTS } from "./gatewayApi";
import { allocatable } from "./kubeletReservations";
import { HELPER_REQUESTS, hasLocalVolumes, PROVISIONER_REQUESTS } from "./localVolumes";
import { hasMetalLb, SPEAKER_REQUESTS } from "./metalLb";
import type { SiteSpec } from "./spec";

/** CPUs, and memory in GiB. */
export interface Room {
  cpus: number;
  memoryGiB: number;
}

/** What of a description brings add-ons of the site's own. */
export interface AddOnSettings {
  network: Pick<SiteSpec["network"], "serviceAddresses">;
  addons: Pick<SiteSpec["addons"], "localVolumes" | "gatewayApi">;
  gitops?: unknown;
}

/** What the site itself runs on every worker, or may run on any, of what pods could have there; nothing where that is not worth counting. */
export function onEachWorker(spec: AddOnSettings): Room | undefined {
  const requests = [
    ...(hasMetalLb(spec) ? [SPEAKER_REQUESTS] : []),
    ...(hasLocalVolumes(spec) ? [PROVISIONER_REQUESTS, HELPER_REQUESTS] : []),
    ...(hasGatewayApi(spec) ? [TRAEFIK_REQUESTS, CERT_MANAGER_REQUESTS] : []),
    ...(hasFlux(spec) ? [FLUX_REQUESTS, FLUX_REQUESTS] : []),
  ];
  if (requests.length === 0) return undefined;
  return {
    cpus: requests.reduce((sum, { milliCpus }) => sum + milliCpus, 0) / 1000,
    memoryGiB: requests.reduce((sum, { memoryMiB }) => sum + memoryMiB, 0) / 1024,
  };
}

/** What a worker has for workloads: what its kubelet offers, less what the site itself runs on every worker. */
export function roomForPods(
  { onEachWorker: taken = { cpus: 0, memoryGiB: 0 } }: { onEachWorker?: Room },
  { cpus = 0, memoryGiB = 0 }: Partial<Room>,
): Room {
  const room = allocatable({ cpus, memoryGiB });
  return { cpus: room.cpus - taken.cpus, memoryGiB: room.memoryGiB - taken.memoryGiB };
}
