import type { PolicyPackConfig } from "@pulumi/policy";
import type { RuleId } from "../site/judge/rules/catalog";

export type PresetName = "edge-single-host" | "edge-two-host" | "datacenter" | "cis";

const all = (level: "mandatory" | "advisory" | "disabled", ...rules: RuleId[]): PolicyPackConfig =>
  Object.fromEntries(rules.map((rule) => [rule, level]));

const backups: RuleId[] = ["backup-made", "backup-elsewhere", "backup-age"];

/** What a CIS benchmark scores: the node's and the workloads' hardening. */
const hardening: RuleId[] = [
  "image-digest",
  "namespace-default-deny",
  "network-policy-enforced",
  "kubelet-swap",
  "kubeadm-checks",
  "vcenter-verified",
  "workload-capabilities",
  "workload-read-only-root",
  "workload-seccomp",
  "workload-service-account",
];

/** Enforcement and parameters for kinds of site; what a preset does not name stays as each rule has it. */
export const presets: Readonly<Record<PresetName, PolicyPackConfig>> = {
  /** One box: it is lost as a whole, so that copies elsewhere count most, and nobody may be there for days. */
  "edge-single-host": {
    ...all("mandatory", "backup-made", "backup-elsewhere", "image-digest"),
    ...all("disabled", "workers-different-hosts", "workload-declared"),
    "disks-encrypted": { enforcementLevel: "mandatory", unattended: true },
    "certificates-last": { enforcementLevel: "mandatory", days: 45 },
    "backup-age": { enforcementLevel: "mandatory", hours: 48 },
    "lives-alone": { enforcementLevel: "mandatory", months: 24 },
  },
  /** Two boxes: etcd is on the better one, everything else on both. */
  "edge-two-host": {
    ...all("mandatory", "etcd-split-over-two-hosts", "workers-different-hosts", "image-digest", ...backups),
    "disks-encrypted": { enforcementLevel: "mandatory", unattended: true },
    "certificates-last": { enforcementLevel: "mandatory", days: 45 },
    "lives-alone": { enforcementLevel: "mandatory", months: 24 },
  },
  /** Three hosts or more, with people: any one of them may be lost, and it is known what that leaves. */
  datacenter: {
    ...all(
      "mandatory",
      "etcd-device-majority",
      "etcd-domain-majority",
      "domains-named-throughout",
      "memory-reserved",
      "workload-declared",
      "workers-different-hosts",
      "workload-liveness",
      "workload-replicas",
      "workload-spread",
      "workload-controlled",
      "namespace-quota",
      "image-digest",
      "vcenter-verified",
      ...backups,
    ),
    "certificates-last": { enforcementLevel: "mandatory", days: 30 },
  },
  /** Whatever the benchmark scores is refused. */
  cis: all("mandatory", ...hardening),
};
