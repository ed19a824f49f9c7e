import { fromNumber, parseRange } from "../ipv4";
import { seconds } from "../kubernetes/fieldTypes";
import { nearest } from "../nearest";
import { type Problem, shown } from "../problem";
import type { SiteSpec } from "../spec";
import { CIPHER_SUITES } from "./cipherSuites";
import { type Add, at, collecting, list, type Tree } from "./componentFields";
import { logs } from "./componentLogs";
import { impossibleGates } from "./gates";
import { evictions } from "./kubeletEvictions";
import { limits } from "./kubeletLimits";
import { managers } from "./kubeletManagers";

/** What a kubelet of this site must have, whoever writes the field: anything else opens it, or takes it out of the cluster. */
function fixed({ network }: SiteSpec): [field: string, value: unknown, why: string][] {
  return [
    ["apiVersion", "kubelet.config.k8s.io/v1beta1", "it is the version that fields are checked against"],
    ["kind", "KubeletConfiguration", "it is the kubelet's configuration"],
    ["authentication.anonymous.enabled", false, "everybody would be let in"],
    ["authentication.webhook.enabled", true, "nobody's token would be known"],
    ["authentication.x509.clientCAFile", "/etc/kubernetes/pki/ca.crt", "the API server would not be known"],
    ["authorization.mode", "Webhook", "everybody who is known could do everything"],
    ["readOnlyPort", 0, "that port answers everybody"],
    ["clusterDNS", [fromNumber(parseRange(network.serviceCidr).first + 10)], "pods find the cluster's DNS there"],
    ["clusterDomain", network.domain, "it is network.domain"],
    ["enableServer", true, "the API server could not reach it"],
    ["registerNode", true, "there would be no node"],
    ["rotateCertificates", false, "`up` renews its certificates"],
    ["serverTLSBootstrap", false, "`up` renews its certificates"],
    ["runOnce", false, "the kubelet refuses it"],
    ["staticPodPath", "/etc/kubernetes/manifests", "the control plane's pods lie there"],
    ["staticPodURL", "", "whoever serves it would run pods on every node"],
    ["cgroupsPerQOS", true, "reservations are kept by it"],
    ["containerRuntimeEndpoint", "unix:///run/containerd/containerd.sock", "containerd listens there"],
    ["tlsCertFile", "/var/lib/kubelet/pki/kubelet.crt", "`up` renews it there"],
    ["tlsPrivateKeyFile", "/var/lib/kubelet/pki/kubelet.key", "`up` renews it there"],
    ["port", 10_250, "`up` and what watches the site look for it there"],
    ["healthzPort", 10_248, "its machine asks there whether it runs"],
  ];
}

const PERCENT: [number, number] = [0, 100];
const SOME: [number, number] = [0, 2 ** 31 - 1];

/** Bounds as the kubelet checks them (pkg/kubelet/apis/config/validation). */
const BOUNDS: Record<string, [least: number, most: number]> = {
  containerLogMaxFiles: [2, 2 ** 31 - 1],
  containerLogMaxWorkers: [1, 2 ** 31 - 1],
  eventBurst: SOME,
  eventRecordQPS: SOME,
  imageGCHighThresholdPercent: PERCENT,
  imageGCLowThresholdPercent: PERCENT,
  iptablesDropBit: [0, 31],
  iptablesMasqueradeBit: [0, 31],
  kubeAPIBurst: SOME,
  kubeAPIQPS: SOME,
  maxOpenFiles: [0, Number.MAX_SAFE_INTEGER],
  maxParallelImagePulls: [1, 2 ** 31 - 1],
  // None is possible for a kubelet, and no node for a cluster.
  maxPods: [1, 2 ** 31 - 1],
  memoryThrottlingFactor: [Number.MIN_VALUE, 1],
  // A kubelet renews it four times in that time, and counts as dead after 50 s without.
  nodeLeaseDurationSeconds: [1, 160],
  nodeStatusMaxImages: [-1, 2 ** 31 - 1],
  oomScoreAdj: [-1000, 1000],
  podPidsLimit: [-1, Number.MAX_SAFE_INTEGER],
  podsPerCore: SOME,
  registryBurst: SOME,
  registryPullQPS: SOME,
};

/** Values that the kubelet knows, and of addresses those that are every machine's. */
const CHOICES: Record<string, readonly string[]> = {
  address: ["0.0.0.0", "::"],
  cgroupDriver: ["systemd", "cgroupfs"],
  configMapAndSecretChangeDetectionStrategy: ["Watch", "Cache", "Get"],
  cpuManagerPolicy: ["none", "static"],
  healthzBindAddress: ["127.0.0.1", "0.0.0.0", "::"],
  hairpinMode: ["promiscuous-bridge", "hairpin-veth", "none"],
  imagePullCredentialsVerificationPolicy: [
    "NeverVerify",
    "NeverVerifyPreloadedImages",
    "NeverVerifyAllowlistedImages",
    "AlwaysVerify",
  ],
  memoryManagerPolicy: ["None", "Static"],
  memoryReservationPolicy: ["None", "TieredReservation"],
  "memorySwap.swapBehavior": ["", "NoSwap", "LimitedSwap"],
  tlsMinVersion: ["VersionTLS12", "VersionTLS13"],
  topologyManagerPolicy: ["none", "best-effort", "restricted", "single-numa-node"],
  topologyManagerScope: ["container", "pod"],
};

/** Fields of the kubelet that are well typed and cannot be all the same. */
export function consistentKubelet(spec: SiteSpec, kubelet: Tree, path: string): Problem[] {
  const { problems, add } = collecting(path);
  for (const [field, value, why] of fixed(spec)) isFixed(kubelet, field, value, why, add);
  for (const [field, [least, most]] of Object.entries(BOUNDS)) {
    const value = at(kubelet, field);
    if (typeof value === "number" && (value < least || value > most))
      add(field, `${value} is ${value < least ? "too small" : "too large"}`, between(least, most));
  }
  for (const [field, choices] of Object.entries(CHOICES)) {
    const value = at(kubelet, field);
    if (typeof value === "string" && !choices.includes(value))
      add(field, `${shown(value)} is not possible`, `use ${choices.filter(Boolean).join(", ")}`);
  }
  for (const [i, suite] of list(kubelet, "tlsCipherSuites").entries())
    if (typeof suite === "string" && !CIPHER_SUITES.includes(suite))
      add(`tlsCipherSuites[${i}]`, `${shown(suite)} is no cipher suite that it knows`, nearest(suite, CIPHER_SUITES));
  orders(kubelet, add);
  evictions(kubelet, add);
  managers(kubelet, add);
  limits(spec, kubelet, add);
  logs(spec.kubernetes.version, kubelet, add);
  problems.push(...impossibleGates(spec.kubernetes.version, at(kubelet, "featureGates"), `${path}.featureGates`));
  // What takes a whole tree away is told once.
  return problems.filter((told, i) => problems.findIndex((one) => one.path === told.path) === i);
}

function between(least: number, most: number): string {
  if (least === Number.MIN_VALUE) return `use more than 0 and at most ${most}`;
  return most >= 2 ** 31 - 1 ? `use at least ${least}` : `use ${least} to ${most}`;
}

/** A field that the site sets itself, and what `null` would take away with it. */
function isFixed(kubelet: Tree, field: string, value: unknown, why: string, add: Add): void {
  let here: unknown = kubelet;
  let path = "";
  for (const key of field.split(".")) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, key)) return;
    here = (here as Tree)[key];
    path = path === "" ? key : `${path}.${key}`;
    if (here === null) break;
  }
  if (here === null || JSON.stringify(here) !== JSON.stringify(value))
    add(path, `${shown(here)} is not what the site needs, ${JSON.stringify(value)}: ${why}`, "leave it out");
}

function orders(kubelet: Tree, add: Add): void {
  const low = (at(kubelet, "imageGCLowThresholdPercent") ?? 75) as number;
  const high = (at(kubelet, "imageGCHighThresholdPercent") ?? 85) as number;
  if (low >= high)
    add("imageGCLowThresholdPercent", `${low} is not below imageGCHighThresholdPercent, ${high}`, "use less");
  const all = seconds(at(kubelet, "shutdownGracePeriod") ?? "60s");
  const critical = seconds(at(kubelet, "shutdownGracePeriodCriticalPods") ?? "20s");
  if (critical > all)
    add("shutdownGracePeriodCriticalPods", `${critical} s are more than shutdownGracePeriod, ${all} s`, "use less");
  for (const [field, time] of [
    ["shutdownGracePeriod", all],
    ["shutdownGracePeriodCriticalPods", critical],
  ] as const)
    if (time < 0 || (time > 0 && time < 1)) add(field, `${time} s is too short`, "use 0s, or 1s at least");
  if (seconds(at(kubelet, "containerLogMonitorInterval")) < 3)
    add("containerLogMonitorInterval", "it is too short", "use 3s at least");
  const quota = seconds(at(kubelet, "cpuCFSQuotaPeriod"));
  if (quota < 0.001 || quota > 1) add("cpuCFSQuotaPeriod", "it is outside what the kernel takes", "use 1ms to 1s");
  if (at(kubelet, "serializeImagePulls") === true && Number(at(kubelet, "maxParallelImagePulls") ?? 3) > 1)
    add("serializeImagePulls", "images would be pulled one by one and in parallel", "set maxParallelImagePulls to 1");
}
