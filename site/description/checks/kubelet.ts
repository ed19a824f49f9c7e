import { fromNumber, parseRange } from "../ipv4";
import { QUANTITY, seconds } from "../kubernetes/fieldTypes";
import { nearest } from "../nearest";
import { type Problem, printable, shown } from "../problem";
import type { SiteSpec } from "../spec";
import { CIPHER_SUITES } from "./cipherSuites";
import { impossibleGates } from "./gates";

type Tree = { [field: string]: unknown };
type Add = (field: string, fact: string, fix: string) => void;

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
  ];
}

const PERCENT: [number, number] = [0, 100];
const SOME: [number, number] = [0, 2 ** 31 - 1];
const PORT: [number, number] = [1, 65_535];

/** Bounds as the kubelet checks them (pkg/kubelet/apis/config/validation). */
const BOUNDS: Record<string, [least: number, most: number]> = {
  containerLogMaxFiles: [2, 2 ** 31 - 1],
  containerLogMaxWorkers: [1, 2 ** 31 - 1],
  eventBurst: SOME,
  eventRecordQPS: SOME,
  healthzPort: [0, 65_535],
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
  nodeLeaseDurationSeconds: [1, 2 ** 31 - 1],
  nodeStatusMaxImages: [-1, 2 ** 31 - 1],
  oomScoreAdj: [-1000, 1000],
  podPidsLimit: [-1, Number.MAX_SAFE_INTEGER],
  podsPerCore: SOME,
  port: PORT,
  registryBurst: SOME,
  registryPullQPS: SOME,
};

/** Values that the kubelet knows. */
const CHOICES: Record<string, readonly string[]> = {
  cgroupDriver: ["systemd", "cgroupfs"],
  configMapAndSecretChangeDetectionStrategy: ["Watch", "Cache", "Get"],
  cpuManagerPolicy: ["none", "static"],
  hairpinMode: ["promiscuous-bridge", "hairpin-veth", "none"],
  imagePullCredentialsVerificationPolicy: [
    "NeverVerify",
    "NeverVerifyPreloadedImages",
    "NeverVerifyAllowlistedImages",
    "AlwaysVerify",
  ],
  "logging.format": ["text", "json"],
  memoryManagerPolicy: ["None", "Static"],
  memoryReservationPolicy: ["None", "TieredReservation"],
  "memorySwap.swapBehavior": ["", "NoSwap", "LimitedSwap"],
  tlsMinVersion: ["VersionTLS12", "VersionTLS13"],
  topologyManagerPolicy: ["none", "best-effort", "restricted", "single-numa-node"],
  topologyManagerScope: ["container", "pod"],
};

const TAINT_EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

const SIGNALS = ["memory", "nodefs", "imagefs", "containerfs", "pid"].flatMap((of) =>
  of === "memory" || of === "pid" ? [`${of}.available`] : [`${of}.available`, `${of}.inodesFree`],
);

/** Fields of the kubelet that are well typed and cannot be all the same. */
export function consistentKubelet(spec: SiteSpec, kubelet: Tree, path: string): Problem[] {
  const problems: Problem[] = [];
  const add: Add = (field, fact, fix) => problems.push({ path: `${path}.${field}`, fact, fix });
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
  const reserved = ["kubeReserved", "systemReserved"].some((field) => at(kubelet, `${field}.cpu`) !== undefined);
  if (at(kubelet, "cpuManagerPolicy") === "static" && !reserved && at(kubelet, "reservedSystemCPUs") === undefined)
    add(
      "cpuManagerPolicy",
      "static needs a CPU that is kept for the system",
      "set systemReserved.cpu, for example 500m",
    );
  const resolv = at(kubelet, "resolvConf");
  if (typeof resolv === "string" && resolv !== "" && !resolv.startsWith("/"))
    add("resolvConf", `${shown(resolv)} is no path from the root`, "write one that begins with /");
  for (const [i, taint] of list(kubelet, "registerWithTaints").entries()) {
    const effect = at(taint, "effect");
    if (!TAINT_EFFECTS.includes(String(effect)))
      add(`registerWithTaints[${i}].effect`, `${shown(effect)} is no effect`, `use ${TAINT_EFFECTS.join(", ")}`);
  }
  const size = at(kubelet, "containerLogMaxSize");
  if (typeof size === "string" && !QUANTITY.test(size))
    add("containerLogMaxSize", `${shown(size)} is not a quantity`, "write a quantity, for example 10Mi");
  for (const field of ["kubeReserved", "systemReserved"])
    for (const [name, amount] of Object.entries((at(kubelet, field) ?? {}) as Tree)) {
      if (!["cpu", "memory", "ephemeral-storage", "pid"].includes(name))
        add(
          `${field}.${printable(name)}`,
          "no such resource can be reserved",
          "use cpu, memory, ephemeral-storage or pid",
        );
      else if (amount !== null && (!QUANTITY.test(String(amount)) || String(amount).startsWith("-")))
        add(`${field}.${name}`, `${shown(amount)} is not a quantity`, "write a quantity, for example 500m or 1Gi");
    }
}

/** Thresholds below which pods are evicted: signals that there are, amounts, and a time of grace for each soft one. */
function evictions(kubelet: Tree, add: Add): void {
  const tree = (field: string) => (at(kubelet, field) ?? {}) as Tree;
  for (const field of ["evictionHard", "evictionSoft", "evictionMinimumReclaim", "evictionSoftGracePeriod"])
    for (const [signal, amount] of Object.entries(tree(field))) {
      const path = `${field}.${printable(signal)}`;
      if (!SIGNALS.includes(signal)) add(path, "no such signal", `use ${SIGNALS.join(", ")}`);
      else if (amount === null) continue;
      else if (field === "evictionSoftGracePeriod") {
        if (!(seconds(amount) > 0)) add(path, `${shown(amount)} is not a time`, "write a duration, for example 1m30s");
      } else if (!isThreshold(amount))
        add(
          path,
          `${shown(amount)} is not an amount`,
          "write a positive quantity or 0% to 100%, for example 200Mi or 10%",
        );
    }
  for (const signal of Object.keys(tree("evictionSoft")))
    if (SIGNALS.includes(signal) && tree("evictionSoftGracePeriod")[signal] === undefined)
      add(
        `evictionSoft.${signal}`,
        "it has no time of grace, and the kubelet would not start",
        `set evictionSoftGracePeriod.${signal}`,
      );
  for (const signal of Object.keys(tree("evictionSoftGracePeriod")))
    if (SIGNALS.includes(signal) && tree("evictionSoft")[signal] === undefined)
      add(
        `evictionSoftGracePeriod.${signal}`,
        "there is no soft threshold of that signal",
        `set evictionSoft.${signal}`,
      );
}

function isThreshold(amount: unknown): boolean {
  if (typeof amount !== "string") return false;
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(amount);
  if (percent) return Number(percent[1]) <= 100;
  return QUANTITY.test(amount) && !amount.startsWith("-") && /[1-9]/.test(amount.replace(/[eE][-+]?\d+$/, ""));
}

/** A field that is a list; nothing of one of another type, which is told as that. */
function list(tree: Tree, field: string): unknown[] {
  const value = at(tree, field);
  return Array.isArray(value) ? value : [];
}

function at(tree: unknown, field: string): unknown {
  return field.split(".").reduce<unknown>((here, key) => {
    const has = typeof here === "object" && here !== null && Object.hasOwn(here, key);
    return has ? ((here as Tree)[key] ?? undefined) : undefined;
  }, tree);
}
