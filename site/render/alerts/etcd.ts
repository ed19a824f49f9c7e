import { STORES } from "../../description/stores";
import { fsyncLimit } from "../../life/qualifiedDisk";
import type { SitePlan } from "../../plan/model";
import { machinesOf } from "../../plan/roles";
import { type AlertGroup, alertsFor, CHAPTERS, fewerThan } from "./alert";

/** So many times what a disk took when it was measured new is another disk than that: a cache that writes through now, say. */
const SLOWER = 4;

/** Of etcd, and of a store of events: quorum and its margin, disks, leaders, space (O1, O6). */
export function etcdAlerts(plan: SitePlan): AlertGroup {
  const { critical, warning } = alertsFor(plan.site);
  const limit = fsyncLimit(plan.spec.etcd);
  const fsync =
    "histogram_quantile(0.99, sum by (machine, host, le) (rate(etcd_disk_wal_fsync_duration_seconds_bucket[5m])))";
  const stores = STORES.filter((store) => store !== "network-store" && machinesOf(plan, store).length > 0);
  const rules = stores.flatMap((store) => {
    const members = machinesOf(plan, store);
    const needed = Math.floor(members.length / 2) + 1;
    const what = store === "etcd" ? "etcd" : "the store of events";
    const margin = members.length - 1 - needed;
    const left =
      margin < 0
        ? "It is the only one"
        : margin === 0
          ? `Until it is back, no other of the ${members.length} may fail`
          : `Until it is back, ${margin} of the other ${members.length - 1} may fail`;
    return [
      ...members.map(({ name, host }) => {
        const rule = (margin <= 0 ? critical : warning)(
          "EtcdMemberDown",
          `up{job="etcd",machine="${name}"} == 0`,
          "1m",
          {
            summary: `${name} on ${host}, a member of ${what}, does not answer. ${left}: ${needed} make the quorum.`,
            failure: `machine ${name}`,
            runbook: CHAPTERS.machine,
          },
        );
        return rule;
      }),
      critical(
        "EtcdQuorumLost",
        fewerThan(needed, `etcd_server_has_leader{store="${store}"}`, `job="etcd",store="${store}"`, members.length),
        "1m",
        {
          summary: `Only {{ $value }} of the ${members.length} members of ${what} have a leader; ${needed} make the quorum.`,
          runbook: CHAPTERS.quorum,
        },
      ),
      warning(
        "EtcdLeaderChanges",
        `max(increase(etcd_server_leader_changes_seen_total{store="${store}"}[1h])) > 3`,
        "5m",
        {
          summary: `${what} changed its leader {{ $value | humanize }} times within an hour: a disk or the network is too slow, or a machine is too busy.`,
          runbook: CHAPTERS.storage,
        },
      ),
    ];
  });
  return {
    name: "etcd",
    rules: [
      ...rules,
      warning("EtcdDiskSlow", `${fsync} > ${limit / 1000}`, "10m", {
        summary: `The disk of {{ $labels.machine }} on {{ $labels.host }} takes {{ $value | humanizeDuration }} for a write (p99 of fsync); etcd needs ${limit} ms.`,
        runbook: CHAPTERS.storage,
      }),
      warning(
        "EtcdDiskSlowed",
        `(${fsync} > on (machine, host) ${SLOWER} * max by (machine, host) (groundwork_disk_qualified_fsync_seconds)) > ${limit / 2000}`,
        "15m",
        {
          summary: `The disk of {{ $labels.machine }} on {{ $labels.host }} takes {{ $value | humanizeDuration }} for a write (p99 of fsync), more than ${SLOWER} times what it took before etcd first started on it.`,
          runbook: CHAPTERS.storage,
          action: "see whether its controller's cache still writes back, and what else lies on the device",
        },
      ),
      critical("EtcdSpaceLow", "etcd_mvcc_db_total_size_in_bytes / etcd_server_quota_backend_bytes > 0.8", "10m", {
        summary:
          "The data of {{ $labels.machine }} fill {{ $value | humanizePercentage }} of etcd's quota; at all of it etcd refuses writes.",
        runbook: CHAPTERS.diskFull,
      }),
    ],
  };
}
