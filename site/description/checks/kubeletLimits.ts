import { QUANTITY, seconds } from "../kubernetes/fieldTypes";
import { printable, shown } from "../problem";
import type { SiteSpec } from "../spec";
import { kubernetesMinor } from "../versions";
import { type Add, at, below, list, type Tree, text } from "./componentFields";
import { keyProblem } from "./pools";

const TAINT_EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
const TAINT_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
/** Processes and threads of the cluster's DNS, with its pod's own one: with 8 CoreDNS does not start, with 10 it does. */
const FEWEST_PIDS = 11;
/** Files that a kubelet has open before the first pod runs. */
const FEWEST_FILES = 1024;
/** A user namespace is as many numbers as there are of users in one, or a multiple. */
const USERS = 65_536;

const SYSCTL = /^(?:[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?$/;
const SYSCTL_PATTERN = /^(?:[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?[./])*(?:[a-z0-9][-_a-z0-9]*)?\*$/;
/** What the kernel has for each pod of its own (component-helpers, node/util/sysctl). */
const OF_PODS =
  /^(?:(?:net|fs\.mqueue|user)\.|kernel\.(?:domainname|sem|shm(?:all|max|mni|_rmid_forced)?|msg(?:max|mnb|mni)?)$)/;

/** Amounts, times, names and paths of a kubelet that are well typed and cannot be (pkg/kubelet/apis/config/validation). */
export function limits({ kubernetes, network }: SiteSpec, kubelet: Tree, add: Add): void {
  amounts(kubelet, add);
  times(kubelet, add);
  taints(kubelet, add);
  paths(network, kubelet, add);
  sysctls(kubernetes.version, kubelet, add);
  curves(kubelet, add);
}

function amounts(kubelet: Tree, add: Add): void {
  const number = (field: string) => Number(at(kubelet, field) ?? Number.NaN);
  const pids = number("podPidsLimit");
  if (pids > 0 && pids < FEWEST_PIDS)
    add(
      "podPidsLimit",
      `with ${pids} the cluster's DNS would not start`,
      `use at least ${FEWEST_PIDS}, or -1 for no limit`,
    );
  const files = number("maxOpenFiles");
  if (files > 0 && files < FEWEST_FILES)
    add(
      "maxOpenFiles",
      `with ${files} the kubelet would not run`,
      `use at least ${FEWEST_FILES}, or 0 for its default`,
    );
  const users = number("userNamespaces.idsPerPod");
  if (users < USERS || users % USERS > 0 || users >= 2 ** 32)
    add(
      "userNamespaces.idsPerPod",
      `${users} is no multiple of ${USERS} below 2^32`,
      `use ${USERS}, or a multiple of it`,
    );
  const size = at(kubelet, "containerLogMaxSize");
  if (typeof size === "string" && !QUANTITY.test(size))
    add("containerLogMaxSize", `${shown(size)} is not a quantity`, "write a quantity, for example 10Mi");
}

function times(kubelet: Tree, add: Add): void {
  const restart = seconds(at(kubelet, "crashLoopBackOff.maxContainerRestartPeriod"));
  if (restart < 1 || restart > 300)
    add("crashLoopBackOff.maxContainerRestartPeriod", `${restart} s are outside 1 s to 300 s`, "use 1s to 300s");
  const oldest = seconds(at(kubelet, "imageMaximumGCAge"));
  const youngest = seconds(at(kubelet, "imageMinimumGCAge") ?? "2m") || 120;
  if (oldest > 0 && oldest <= youngest)
    add(
      "imageMaximumGCAge",
      `${oldest} s are not more than imageMinimumGCAge, ${youngest} s`,
      "use more, or 0s for none",
    );
  const ends = ["shutdownGracePeriod", "shutdownGracePeriodCriticalPods"].filter(
    (field) => !(seconds(at(kubelet, field) ?? "60s") === 0),
  );
  if (list(kubelet, "shutdownGracePeriodByPodPriority").length > 0 && ends.length > 0)
    add(
      "shutdownGracePeriodByPodPriority",
      `it does not go with ${ends.join(" and ")}`,
      `set ${ends.join(" and ")} to 0s`,
    );
}

function taints(kubelet: Tree, add: Add): void {
  const seen = new Set<string>();
  for (const [i, taint] of list(kubelet, "registerWithTaints").entries()) {
    const path = `registerWithTaints[${i}]`;
    const [key, value, effect] = ["key", "value", "effect"].map((field) => at(taint, field));
    const problem = keyProblem(typeof key === "string" ? key : "", path);
    if (problem) add(`${path}.key`, problem.fact, problem.fix);
    if (typeof value === "string" && !TAINT_VALUE.test(value))
      add(
        `${path}.value`,
        `${shown(value)} is no value of a taint`,
        "use letters, digits, hyphens, dots and underscores",
      );
    if (!TAINT_EFFECTS.includes(String(effect)))
      add(`${path}.effect`, `${shown(effect)} is no effect`, `use ${TAINT_EFFECTS.join(", ")}`);
    if (at(taint, "timeAdded") !== undefined) add(`${path}.timeAdded`, "no time can be given", "leave it out");
    const name = `${key}:${effect}`;
    if (seen.has(name)) add(`${path}.key`, `${printable(name)} is there twice`, "name a key once for each effect");
    seen.add(name);
  }
}

function paths({ nameservers }: SiteSpec["network"], kubelet: Tree, add: Add): void {
  const resolv = text(kubelet, "resolvConf");
  if (resolv === "" && nameservers.length === 0)
    add("resolvConf", "the cluster's DNS would have no name server to ask", "leave it out");
  else if (resolv && !resolv.startsWith("/"))
    add("resolvConf", `${shown(resolv)} is no path from the root`, "write one that begins with /");
  const logs = text(kubelet, "podLogsDir");
  if (logs && !/^(?:\/(?!\.{1,2}(?:\/|$))[\x21-\x2e\x30-\x7e]+)+$/.test(logs))
    add("podLogsDir", `${shown(logs)} is no plain path from the root`, "write one such as /var/log/pods");
  const service = text(kubelet, "imageServiceEndpoint");
  if (service && !/^unix:\/\/\/[^/]/.test(service))
    add("imageServiceEndpoint", `${shown(service)} is no socket`, "write unix:///path, or leave it out");
  if (at(kubelet, "systemCgroups") && !at(kubelet, "cgroupRoot"))
    add("systemCgroups", "it needs the group that it lies in", "set cgroupRoot, or leave it out");
  if (at(kubelet, "enableSystemLogQuery") === true && at(kubelet, "enableSystemLogHandler") === false)
    add(
      "enableSystemLogQuery",
      "it needs enableSystemLogHandler, which is false",
      "set both to true, or leave both out",
    );
  const trusted = list(kubelet, "preloadedImagesVerificationAllowlist").length > 0;
  if (trusted && at(kubelet, "imagePullCredentialsVerificationPolicy") !== "NeverVerifyAllowlistedImages")
    add(
      "preloadedImagesVerificationAllowlist",
      "nothing reads it",
      "set imagePullCredentialsVerificationPolicy to NeverVerifyAllowlistedImages, or remove it",
    );
}

/** Kernel settings that pods may set, or all of them get: those that each has of its own. */
function sysctls(version: string, kubelet: Tree, add: Add): void {
  const fault = (name: string, pattern: boolean) => {
    if (name.length > 253 || !(SYSCTL.test(name) || (pattern && SYSCTL_PATTERN.test(name))))
      return "is no kernel setting";
    const plain = name.replaceAll("/", ".").replace(/\*$/, "");
    return OF_PODS.test(plain) ? undefined : "is the whole machine's";
  };
  const fix = "use settings of net., kernel.shm, kernel.msg, kernel.sem, fs.mqueue. or user.";
  for (const [i, name] of list(kubelet, "allowedUnsafeSysctls").entries()) {
    const wrong = typeof name === "string" ? fault(name, true) : undefined;
    if (wrong) add(`allowedUnsafeSysctls[${i}]`, `${shown(name)} ${wrong}`, fix);
  }
  const defaults = Object.keys(below(kubelet, "defaultPodSysctls"));
  for (const name of defaults) {
    const wrong = fault(name, false);
    if (wrong) add(`defaultPodSysctls.${printable(name)}`, `it ${wrong}`, fix);
  }
  const gate = "DefaultPodSysctls";
  const knows = Object.hasOwn(kubernetesMinor(version).fields.gates, gate);
  if (defaults.length > 0 && knows && at(kubelet, `featureGates.${gate}`) !== true)
    add("defaultPodSysctls", `it needs the feature gate ${gate}`, `set featureGates.${gate} to true, or remove it`);
}

/** Curves of TLS by their numbers (crypto/tls). */
const CURVES = [23, 24, 25, 29, 4587, 4588, 4589];

function curves(kubelet: Tree, add: Add): void {
  const all = list(kubelet, "tlsCurvePreferences");
  for (const [i, curve] of all.entries())
    if (typeof curve === "number" && !CURVES.includes(curve))
      add(`tlsCurvePreferences[${i}]`, `${curve} is no curve that it knows`, `use ${CURVES.join(", ")}`);
    else if (all.indexOf(curve) < i) add(`tlsCurvePreferences[${i}]`, `${curve} is there twice`, "name each once");
}
