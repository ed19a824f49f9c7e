import { capabilitiesOf } from "../hypervisors";
import type { Problem } from "../problem";
import type { SiteSpec } from "../spec";

interface Sized {
  path: string;
  what: string;
  memoryGiB: number;
  /** The system disk, and where it is written. */
  disk: number;
  diskKey: string;
  /** The least of both. */
  least: { memoryGiB: number; diskGiB: number };
}

/** What a machine boots with: Debian, and what its role adds. A node holds images, too. */
const LEAST = {
  member: { memoryGiB: 0.5, diskGiB: 4 },
  balancer: { memoryGiB: 0.25, diskGiB: 3 },
  worker: { memoryGiB: 1, diskGiB: 8 },
  // kubeadm's preflight check `Mem`: 1,700 MB.
  controlPlane: { memoryGiB: 1.6, diskGiB: 8 },
};

/** vSphere makes no larger disk: 62 TiB, in GiB. */
const LARGEST_DISK = 62 * 1024;

/** Machines too small to boot, disks that there cannot be, and a store larger than its disk. */
export function consistentSizes(spec: SiteSpec): Problem[] {
  return [
    ...groups(spec).flatMap(({ path, what, memoryGiB, disk, diskKey, least }) => [
      ...tooSmall(`${path}.memoryGiB`, memoryGiB, least.memoryGiB, `${what} with less memory`),
      ...tooSmall(`${path}.${diskKey}`, disk, least.diskGiB, `${what} with a smaller disk`),
    ]),
    ...tooLarge(spec),
    ...quota(spec),
  ];
}

function tooLarge(spec: SiteSpec): Problem[] {
  if (!capabilitiesOf(spec.hypervisor.kind).makesMachines) return [];
  const { etcd, workers } = spec;
  const disks = [
    ...groups(spec).map(({ path, disk, diskKey }) => ({ path: `${path}.${diskKey}`, disk })),
    { path: "etcd.diskGiB", disk: etcd.diskGiB },
    ...(etcd.events ? [{ path: "etcd.events.diskGiB", disk: etcd.events.diskGiB }] : []),
    ...(etcd.networkStore ? [{ path: "etcd.networkStore.diskGiB", disk: etcd.networkStore.diskGiB }] : []),
    ...workers.flatMap(({ volumesGiB: disk }, i) =>
      disk === undefined ? [] : [{ path: `workers[${i}].volumesGiB`, disk }],
    ),
  ];
  return disks
    .filter(({ disk }) => disk > LARGEST_DISK)
    .map(({ path, disk }) => ({
      path,
      fact: `vSphere makes no disk of ${disk} GiB`,
      fix: `use at most ${LARGEST_DISK}, 62 TiB`,
    }));
}

function groups({ etcd, controlPlanes, loadBalancer, workers }: SiteSpec): Sized[] {
  const store = (path: string, { memoryGiB, systemDiskGiB: disk }: { memoryGiB: number; systemDiskGiB: number }) => ({
    path,
    what: "a member",
    memoryGiB,
    disk,
    diskKey: "systemDiskGiB",
    least: LEAST.member,
  });
  const diskKey = "diskGiB";
  return [
    store("etcd", etcd),
    ...(etcd.events ? [store("etcd.events", etcd.events)] : []),
    ...(etcd.networkStore ? [store("etcd.networkStore", etcd.networkStore)] : []),
    {
      path: "controlPlanes",
      what: "a control plane",
      memoryGiB: controlPlanes.memoryGiB,
      disk: controlPlanes.diskGiB,
      diskKey,
      least: LEAST.controlPlane,
    },
    ...(loadBalancer.kind === "haproxy"
      ? [
          {
            path: "loadBalancer",
            what: "a load balancer",
            memoryGiB: loadBalancer.memoryGiB,
            disk: loadBalancer.diskGiB,
            diskKey,
            least: LEAST.balancer,
          },
        ]
      : []),
    ...workers.map((pool, i) => ({
      path: `workers[${i}]`,
      what: "a worker",
      memoryGiB: pool.memoryGiB,
      disk: pool.diskGiB,
      diskKey,
      least: LEAST.worker,
    })),
  ];
}

function tooSmall(path: string, size: number, least: number, what: string): Problem[] {
  return size < least ? [{ path, fact: `${what} than ${least} GiB does not boot`, fix: `use at least ${least}` }] : [];
}

/** The data disk holds the store twice while it is defragmented, and a GiB of log and snapshots. */
function quota({ etcd: { diskGiB, quotaGiB } }: SiteSpec): Problem[] {
  if (quotaGiB === undefined || diskGiB >= 2 * quotaGiB + 1) return [];
  return [
    {
      path: "etcd.quotaGiB",
      fact: `a disk of ${diskGiB} GiB does not hold ${quotaGiB} GiB twice, as a defragmentation needs, and the log`,
      fix: `use at least ${2 * quotaGiB + 1} for etcd.diskGiB, or a smaller quota`,
    },
  ];
}
