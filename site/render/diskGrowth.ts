import { vcenterOf } from "../description/hypervisors";
import { amount } from "../description/kubernetes/fieldTypes";
import { localRegistry } from "../description/registry";
import { isStore } from "../description/stores";
import type { EtcdTuning, MachinePlan, SitePlan } from "../plan/model";
import { registryMachines } from "../plan/registry";
import { AUDIT_LOG } from "./audit";
import { storeTuning } from "./etcd";
import { kubeletMachineFields } from "./kubelet";
import { endlessLogs, JOURNAL_MIB } from "./logs";
import { LOG_SENDER_DATA, logReceivers, WAITING_MIB } from "./monitoring/logSender";
import { LOGS_DATA } from "./monitoring/logStore";
import { REMOTE_WRITE_DATA, REMOTE_WRITE_MIB } from "./monitoring/remoteWrite";
import { monitoringSize } from "./monitoring/size";
import { paths } from "./paths";
import { REGISTRY_FOLDER } from "./registry";
import { SNAPSHOTS, snapshotsKept } from "./snapshot";

/** A place on a machine's disk that grows by itself, and what ends that. */
export interface Growth {
  /** A file or folder, with `*` for several. */
  place: string;
  /** Who writes there. */
  by: string;
  /** What bounds it, as one finds it on the machine. */
  bound: string;
  /** The most that it can take, MiB. */
  mostMiB: number;
  disk: "system" | "data";
}

/** All that may ever lie on a disk, and how much of the disk is for that. */
export interface DiskGrowth {
  disk: Growth["disk"];
  /** The sum of all places and what was there from the beginning, MiB. */
  mostMiB: number;
  /** The share of the disk that may be full: of a node's, what its kubelet leaves before it throws away images and pods. */
  share: number;
  /** The place that may take most. */
  largest: Growth;
}

/** An image's system, programs and container images, 1,456 MiB as measured (docs/image.md), and a kernel that is new. */
export const SYSTEM_MIB = 1600;
/** Containers of the site's own on one node, that is on a control plane with all add-ons. */
export const OWN_CONTAINERS = 16;
/** Of etcd's log: five segments that it keeps, the one that it writes and the next one, of 64 MB each (`max-wals`). */
export const WAL_SEGMENTS = 7;
const WAL_SEGMENT_MIB = 64_000_000 / 2 ** 20;
/** What ext4 leaves of a disk: a system's has a reserve, a member's own has none. */
const SYSTEM_SHARE = 0.95;
const DATA_SHARE = 0.97;

/**
 * Every place on a machine that grows, largest first. What pods write, images that are pulled and what pods leave behind are not among them: the
 * kubelet deletes images and evicts pods before the disk is full (`imageGCHighThresholdPercent`, `evictionHard`), and they have what is left.
 */
export function growthOf(plan: SitePlan, machine: MachinePlan): Growth[] {
  const rows = [...logs(plan, machine), ...remembered, ...roleGrowth(plan, machine)];
  return rows.sort((a, b) => b.mostMiB - a.mostMiB || (a.place < b.place ? -1 : 1));
}

/** The same as sums, for each disk that the machine has. */
export function diskGrowthOf(plan: SitePlan, machine: MachinePlan): DiskGrowth[] {
  const rows = growthOf(plan, machine);
  return (["system", "data"] as const).flatMap((disk): DiskGrowth[] => {
    const own = rows.filter((row) => row.disk === disk);
    const [largest] = own;
    if (largest === undefined) return [];
    const most = own.reduce((sum, { mostMiB }) => sum + mostMiB, 0);
    if (disk === "data") return [{ disk, mostMiB: most, share: DATA_SHARE, largest }];
    return [{ disk, mostMiB: SYSTEM_MIB + most, share: systemShare(plan, machine), largest }];
  });
}

/** What is left below this on a node is for images and pods. */
function systemShare(plan: SitePlan, machine: MachinePlan): number {
  if (!isNode(machine)) return SYSTEM_SHARE;
  return Number(kubeletMachineFields(plan, machine).imageGCHighThresholdPercent) / 100;
}

const isNode = ({ role }: MachinePlan) => role === "control-plane" || role === "worker";

function logs(plan: SitePlan, machine: MachinePlan): Growth[] {
  const journal = machine.existing
    ? { bound: "journald's own, a tenth of the disk and 4 GiB at most", mostMiB: 4096 }
    : { bound: `\`SystemMaxUse=${JOURNAL_MIB}M\``, mostMiB: JOURNAL_MIB };
  const sent = plan.spec.addons.monitoring?.logs;
  const receivers = sent ? logReceivers(plan, sent).length + (machine.role === "control-plane" ? 1 : 0) : 0;
  return [
    ...(receivers > 0
      ? [
          {
            place: LOG_SENDER_DATA,
            by: "rsyslog, of what waits to be sent",
            bound: `\`queue.maxDiskSpace=${WAITING_MIB}m\` for each of ${receivers} receivers; what comes then is lost, and counted`,
            mostMiB: receivers * WAITING_MIB,
            disk: "system" as const,
          },
        ]
      : []),
    { place: "/var/log/journal", by: "journald, for every service", ...journal, disk: "system" },
    ...endlessLogs(plan, machine).map(
      ({ path, by, bytes }): Growth => ({
        place: `${path}, ${path}.1`,
        by,
        bound: "`groundwork-logs.timer`, by /etc/groundwork/logs",
        mostMiB: (2 * bytes) / 2 ** 20,
        disk: "system",
      }),
    ),
    ...(vcenterOf(plan.spec.hypervisor)
      ? [
          {
            place: "/var/log/vmware-*.log",
            by: "VMware's tools",
            bound:
              "their own: `vmsvc.maxLogSize`, `vmsvc.maxOldLogFiles` of Debian's tools.conf, nine of the network's",
            mostMiB: 5,
            disk: "system" as const,
          },
        ]
      : []),
  ];
}

/** Small files that are written over, not continued. */
const remembered: Growth[] = [
  {
    place: "/var/lib/groundwork, /etc, /root/.kube",
    by: "`up`, timers, kubectl",
    bound: "each file is written over; of certificates the next ones take the place of those before",
    mostMiB: 32,
    disk: "system",
  },
  {
    place: "/var/log/lastlog",
    by: "logins",
    bound: "a record for each user that there is",
    mostMiB: 1,
    disk: "system",
  },
];

function roleGrowth(plan: SitePlan, machine: MachinePlan): Growth[] {
  const { role } = machine;
  if (isStore(role)) return memberGrowth(plan, machine, storeTuning(plan, role));
  if (!isNode(machine)) return [];
  return [
    ownContainers(plan, machine),
    ...(role === "control-plane" ? controlPlaneGrowth(plan) : []),
    ...registryGrowth(plan, machine),
  ];
}

const inMiB = (bytes: number) => bytes / 2 ** 20;
const gib = (mib: number) => `${Math.round((mib / 1024) * 10) / 10} GiB`;

function memberGrowth({ spec }: SitePlan, machine: MachinePlan, { quotaBytes }: EtcdTuning): Growth[] {
  const quota = inMiB(quotaBytes);
  const disk = machine.disks.some(({ name }) => name === "data") ? "data" : "system";
  return [
    {
      place: `${paths.etcdData}/data/member/snap`,
      by: "etcd",
      bound: `\`quota-backend-bytes\` (${gib(quota)}), twice while it is defragmented or taken over; compaction every hour`,
      mostMiB: 2 * quota,
      disk,
    },
    {
      place: `${paths.etcdData}/data/member/wal`,
      by: "etcd",
      bound: "`max-wals`, five unless set, of 64 MB, and two that are written",
      mostMiB: Math.ceil(WAL_SEGMENTS * WAL_SEGMENT_MIB),
      disk,
    },
    ...(machine.role === "etcd" && spec.backup
      ? [
          {
            place: "/var/lib/groundwork/backup",
            by: "the backup, while it is made",
            bound: `three times the quota, which it asks for before it begins; deleted at its end, or by the next one`,
            mostMiB: 3 * quota + 64,
            disk: "system" as const,
          },
        ]
      : []),
  ];
}

/** Their logs are deleted with them, and nobody evicts them. */
function ownContainers(plan: SitePlan, machine: MachinePlan): Growth {
  const { containerLogMaxFiles: files, containerLogMaxSize: size } = kubeletMachineFields(plan, machine);
  return {
    place: "/var/log/pods",
    by: `containers of the site's own, at most ${OWN_CONTAINERS}`,
    bound: `\`containerLogMaxFiles: ${files}\`, \`containerLogMaxSize: ${size}\`; those of pods that are gone go with them`,
    mostMiB: Math.ceil(OWN_CONTAINERS * Number(files) * inMiB(amount(String(size)))),
    disk: "system",
  };
}

/** Beside what may lie there, a blob that is on its way from the other copy. */
function registryGrowth(plan: SitePlan, machine: MachinePlan): Growth[] {
  const registry = localRegistry(plan.spec);
  if (registry === undefined || !registryMachines(plan).some(({ name }) => name === machine.name)) return [];
  return [
    {
      place: REGISTRY_FOLDER,
      by: "whoever fills the site's registry",
      bound: `\`registry.sizeGiB: ${registry.sizeGiB}\`: from there on nothing more is written, within five minutes`,
      mostMiB: (registry.sizeGiB + 1) * 1024,
      disk: "system",
    },
  ];
}

function controlPlaneGrowth(plan: SitePlan): Growth[] {
  const quota = inMiB(plan.etcd.quotaBytes);
  const kept = snapshotsKept(plan.etcd.quotaBytes);
  const { monitoring } = plan.spec.addons;
  const { backups, sizeMiB, days } = AUDIT_LOG;
  return [
    {
      place: paths.audit,
      by: "the API server",
      bound: `\`audit-log-maxsize=${sizeMiB}\`, \`audit-log-maxbackup=${backups}\`, \`audit-log-maxage=${days}\``,
      // The one before the oldest is deleted when the new one has begun.
      mostMiB: (backups + 2) * sizeMiB,
      disk: "system",
    },
    {
      place: SNAPSHOTS,
      by: "`up`, before an upgrade",
      bound: `the newest ${kept === 1 ? "one" : kept}, and the one that is saved`,
      mostMiB: (kept + 1) * quota,
      disk: "system",
    },
    ...(monitoring
      ? [
          {
            place: "/var/lib/groundwork/metrics",
            by: "VictoriaMetrics",
            bound: `\`-retentionPeriod=${monitoring.retentionDays}d\`, an estimate; it stops to write when 1 GiB is left`,
            mostMiB: Math.ceil(monitoringSize(plan).diskGiB * 1024),
            disk: "system" as const,
          },
        ]
      : []),
    ...(monitoring?.logs
      ? [
          {
            place: LOGS_DATA,
            by: "VictoriaLogs",
            bound: `\`-retention.maxDiskSpaceUsageBytes=${monitoringSize(plan).logsGiB}GiB\`: the oldest days go first; it stops to write when 1 GiB is left`,
            mostMiB: Math.ceil(monitoringSize(plan).logsGiB * 1024),
            disk: "system" as const,
          },
        ]
      : []),
    ...(monitoring?.remoteWrite
      ? [
          {
            place: REMOTE_WRITE_DATA,
            by: "vmagent, of what waits to be sent",
            bound: "`-remoteWrite.maxDiskUsagePerURL`: the oldest go first, by files of half a gigabyte",
            mostMiB: REMOTE_WRITE_MIB,
            disk: "system" as const,
          },
        ]
      : []),
  ];
}
