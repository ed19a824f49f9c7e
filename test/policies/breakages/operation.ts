import type { Props } from "../../support/demoStack";
import { type Breakage, set } from "../breakage";
import { backup, drill, encryption, hoursAgo, staleDrill } from "../givenSettings";

/** A site that is watched, whose alerts somebody gets. */
function watched(site: Props): void {
  site.addons = { monitoring: { alerts: [{ kind: "webhook", url: "https://alerts.example" }] } };
}

/** Disks that encrypt, certificates, backups, monitoring and drills. */
export const operation: Breakage[] = [
  {
    rule: "disks-encrypted",
    settings: { sound: { encryption }, broken: { encryption: { devices: encryption.devices.slice(1) } } },
    says: ["system", "data"].map(
      (disk) =>
        `machines.demo-etcd-a.disks.${disk}: the ${disk} disk of demo-etcd-a lies on device naa.5000c500a0000011, which nobody says encrypts, and has no storage policy that does; ` +
        "give the disk a storage policy that encrypts, or a datastore on a device that encrypts itself, and name it in the setting `encryption`",
    ),
  },
  {
    rule: "lives-alone",
    plan: ({ spec }) => {
      spec.pki.aloneMonths = 3;
    },
    says:
      "pki.aloneMonths: the site stops 3 months after its last `up`, and 6 are asked for; " +
      "set pki.aloneMonths to as many or more",
  },
  {
    rule: "backup-made",
    settings: { sound: { backup }, broken: { backup: { ...backup, encrypted: false } } },
    says:
      "backup: the backups of etcd are not encrypted; " +
      "encrypt the snapshots: they hold every Secret and key of the cluster",
  },
  {
    rule: "backup-elsewhere",
    settings: { sound: { backup }, broken: { backup: { ...backup, copiedTo: "esx-1" } } },
    says:
      "backup: the backups lie on esx-1, which is a part of the site; " +
      "copy them to another room or site, and name it in the setting `backup`",
  },
  {
    rule: "backup-age",
    settings: { sound: { backup }, broken: { backup: { ...backup, last: hoursAgo(30.5) } } },
    says:
      "backup: the last backup of etcd is 30 hours old, 24 at most are allowed; " +
      "find out why the timer does not run, or does not succeed",
  },
  {
    rule: "monitoring-fits",
    spec: watched,
    plan: ({ spec }) => {
      if (spec.addons.monitoring) spec.addons.monitoring.retentionDays = 3650;
    },
    says:
      "addons.monitoring.retentionDays: metrics of 3650 days take 577.5 GiB, and demo-control-plane-a has a disk of 40 GiB; " +
      "set fewer addons.monitoring.retentionDays, less for logs, or a larger controlPlanes.diskGiB",
  },
  {
    rule: "monitoring-memory",
    spec: watched,
    plan: ({ spec }) => {
      if (spec.addons.monitoring)
        Object.assign(spec.addons.monitoring, {
          logs: { retentionDays: 30 },
          remoteWrite: { url: "https://metrics.example" },
        });
    },
    change: set("demo-control-plane-a", { memory: 512 }),
    says:
      "machines.demo-control-plane-a.memoryGiB: what watches the site asks for 424 MiB on demo-control-plane-a, whose own programs need about 1056, and of its 0.5 GiB 284 MiB are for pods; " +
      "give control planes more memory (controlPlanes.memoryGiB), or leave parts of addons.monitoring out",
  },
  {
    rule: "alerts-told",
    spec: watched,
    plan: ({ spec }) => {
      if (spec.addons.monitoring) spec.addons.monitoring.alerts = [];
    },
    says: "addons.monitoring.alerts: alerts go to nobody; list a webhook or people's mail in addons.monitoring.alerts",
  },
  {
    rule: "restore-drilled",
    settings: { sound: { drill }, broken: { drill: staleDrill } },
    says:
      `drill: the last drill was 100 days ago, on ${hoursAgo(100.5 * 24).slice(0, 10)}; 92 at most are allowed; ` +
      "run `npx groundwork drill`, see that it passes, and commit its record",
  },
];
