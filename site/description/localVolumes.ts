import type { SiteSpec } from "./spec";

/** The namespace of local-path-provisioner, whose helpers make and empty folders on workers' disks: nothing else is in it. */
export const VOLUMES_NAMESPACE = "local-path-storage";

/** Where its image comes from. */
export const VOLUMES_REGISTRY = "docker.io/rancher";

/** The StorageClass of claims that name none. */
export const VOLUMES_CLASS = "local";

/** Where a worker has the disk that volumes lie on. */
export const VOLUMES_FOLDER = "/var/lib/groundwork-volumes";

/** A file at the root of that disk: where it is missing, the disk is not there, and nothing is made. */
export const VOLUMES_MARK = ".groundwork-volumes";

/** What the provisioner asks for, which runs once, and one of its helpers, on the worker where a volume is made or emptied. */
export const PROVISIONER_REQUESTS = { milliCpus: 10, memoryMiB: 32 };
export const HELPER_REQUESTS = { milliCpus: 10, memoryMiB: 16 };

/** Whether claims get volumes on workers' disks. */
export function hasLocalVolumes({ addons }: { addons: Pick<SiteSpec["addons"], "localVolumes"> }): boolean {
  return addons.localVolumes !== undefined;
}
