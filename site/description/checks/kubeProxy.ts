import { isIP } from "node:net";
import { Address4, Address6 } from "ip-address";
import { parseRange } from "../ipv4";
import { seconds } from "../kubernetes/fieldTypes";
import { type Problem, shown } from "../problem";
import type { SiteSpec } from "../spec";
import { kubernetesMinor } from "../versions";
import { at, below, collecting, type Tree } from "./componentFields";
import { logs } from "./componentLogs";
import { impossibleGates } from "./gates";

const MODES = ["iptables", "ipvs", "nftables"];
/** Ways of telling a node's own pods from others; those by an interface need its name. */
const LOCAL: Record<string, string | undefined> = {
  ClusterCIDR: undefined,
  NodeCIDR: undefined,
  BridgeInterface: "bridgeInterface",
  InterfaceNamePrefix: "interfaceNamePrefix",
};
/** Linux' names of interfaces are no longer. */
const LONGEST_INTERFACE = 15;
/** Linux' schedulers of IPVS, net/netfilter/ipvs. */
const SCHEDULERS = ["rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh", "twos"];
/** Ports of every node, or of a control plane, that others listen on: kube-proxy shares their network. */
const TAKEN: Record<string, string> = {
  "22": "SSH",
  "6443": "the API server",
  "10248": "the kubelet",
  "10250": "the kubelet",
  "10257": "the controller manager",
  "10259": "the scheduler",
};

/** Fields of kube-proxy that are well typed and cannot be all the same (pkg/proxy/apis/config/validation). */
export function consistentKubeProxy({ kubernetes, network }: SiteSpec): Problem[] {
  const proxy = kubernetes.kubeProxy as Tree;
  const { problems, add } = collecting("kubernetes.kubeProxy");
  const fixed = (field: string, value: string, why: string) => {
    const given = proxy[field];
    if (given !== undefined && given !== value) add(field, `${shown(given)} is not possible: ${why}`, "leave it out");
  };
  const choice = (field: string, choices: string[]) => {
    const given = at(proxy, field);
    if (typeof given === "string" && given !== "" && !choices.includes(given))
      add(field, `${shown(given)} is not possible`, `use ${choices.join(", ")}`);
  };
  const number = (field: string, value: unknown, least: number, most: number) => {
    if (typeof value === "number" && (value < least || value > most))
      add(field, `${value} is outside ${least} to ${most}`, `use ${least} to ${most}`);
  };
  const time = (field: string, value: unknown, more: boolean) => {
    const length = seconds(value);
    if (length < 0 || (more && length === 0))
      add(field, `${shown(value)} is too short`, more ? "use more than 0s" : "use 0s or more");
  };

  fixed(
    "apiVersion",
    "kubeproxy.config.k8s.io/v1alpha1",
    "it is another version than the one that fields are checked against",
  );
  fixed("kind", "KubeProxyConfiguration", "it is not kube-proxy's configuration");
  fixed("hostnameOverride", "", "every node would be that one");
  choice("mode", MODES);
  choice("detectLocalMode", Object.keys(LOCAL));
  detectLocal();
  if (proxy.mode === "ipvs") choice("ipvs.scheduler", SCHEDULERS);
  const { clusterCIDR } = proxy;
  if (typeof clusterCIDR === "string" && !sameBlock(clusterCIDR, network.podCidr))
    add(
      "clusterCIDR",
      `${shown(clusterCIDR)} is not network.podCidr ${network.podCidr}, which pods get`,
      "leave it out",
    );
  const client = below(proxy, "clientConnection");
  if (client.kubeconfig !== undefined && client.kubeconfig !== "/var/lib/kube-proxy/kubeconfig.conf")
    add("clientConnection.kubeconfig", `${shown(client.kubeconfig)} is not where the site puts it`, "leave it out");
  number("clientConnection.burst", client.burst, 0, 2 ** 31 - 1);
  number("oomScoreAdj", proxy.oomScoreAdj, -1000, 1000);
  for (const of of ["iptables", "ipvs", "nftables"]) {
    const { masqueradeBit, minSyncPeriod, syncPeriod, ...rest } = below(proxy, of);
    number(`${of}.masqueradeBit`, masqueradeBit, 0, 31);
    time(`${of}.syncPeriod`, syncPeriod, true);
    time(`${of}.minSyncPeriod`, minSyncPeriod, false);
    if (seconds(minSyncPeriod) > seconds(syncPeriod ?? "30s"))
      add(`${of}.minSyncPeriod`, `${shown(minSyncPeriod)} is longer than syncPeriod`, "use less");
    for (const timeout of ["tcpTimeout", "tcpFinTimeout", "udpTimeout"]) time(`${of}.${timeout}`, rest[timeout], false);
  }
  for (const [field, value] of Object.entries(below(proxy, "conntrack"))) {
    number(`conntrack.${field}`, value, 0, 2 ** 31 - 1);
    time(`conntrack.${field}`, value, false);
  }
  time("configSyncPeriod", proxy.configSyncPeriod, true);
  // Any other address would be taken for every node's own.
  choice("bindAddress", ["0.0.0.0", "::"]);
  ports();
  nodePorts(proxy.nodePortAddresses);
  blocks("ipvs.excludeCIDRs", below(proxy, "ipvs").excludeCIDRs);
  logs(kubernetes.version, proxy, add);
  problems.push(...impossibleGates(kubernetes.version, proxy.featureGates, "kubernetes.kubeProxy.featureGates"));
  return problems;

  function detectLocal() {
    const mode = String(proxy.detectLocalMode);
    const needed = Object.hasOwn(LOCAL, mode) ? LOCAL[mode] : undefined;
    if (needed !== undefined && !at(proxy, `detectLocal.${needed}`))
      add("detectLocalMode", `${mode} needs the name of the interface`, `set detectLocal.${needed}`);
    for (const [field, name] of Object.entries(below(proxy, "detectLocal")))
      if (typeof name === "string" && (name.length > LONGEST_INTERFACE || /[\s/]/.test(name)))
        add(
          `detectLocal.${field}`,
          `${shown(name)} is no name of an interface`,
          `use up to ${LONGEST_INTERFACE} letters`,
        );
  }

  function ports() {
    const fields = { healthzBindAddress: "0.0.0.0:10256", metricsBindAddress: "127.0.0.1:10249" };
    const used = new Map(Object.entries(TAKEN));
    for (const [field, usual] of Object.entries(fields)) {
      const given = proxy[field];
      const address = typeof given === "string" && given !== "" ? given : usual;
      if (!isAddressAndPort(address)) {
        add(field, `${shown(address)} is not address:port`, "use address:port, for example 127.0.0.1:10249");
        continue;
      }
      const port = address.slice(address.lastIndexOf(":") + 1);
      const taken = used.get(port);
      if (taken !== undefined) add(field, `port ${port} is that of ${taken}`, "use another port");
      used.set(port, `kube-proxy's ${field}`);
    }
  }

  function nodePorts(given: unknown) {
    const all = Array.isArray(given) ? given : [];
    const known = kubernetesMinor(kubernetes.version).nodePortWords;
    const words = known.length > 1 || all.length === 1 ? known : [];
    for (const [i, one] of all.entries())
      if (words.includes(one) && all.indexOf(one) < i)
        add(`nodePortAddresses[${i}]`, `${shown(one)} is there twice`, "name each once");
    blocks("nodePortAddresses", given, words);
  }

  function blocks(field: string, given: unknown, words: readonly string[] = []) {
    if (!Array.isArray(given)) return;
    given.forEach((one, i) => {
      if (typeof one === "string" && !words.includes(one) && !isBlock(one))
        add(`${field}[${i}]`, `${shown(one)} is not a block of addresses`, "use a block, for example 10.0.42.0/24");
    });
  }
}

function isBlock(text: string): boolean {
  return text.includes("/") && (Address4.isValid(text) || Address6.isValid(text));
}

function sameBlock(a: string, b: string): boolean {
  if (!a.includes("/") || !Address4.isValid(a)) return false;
  const [one, other] = [parseRange(a), parseRange(b)];
  return one.first === other.first && one.last === other.last;
}

function isAddressAndPort(text: string): boolean {
  const [, address = "", port = ""] = /^\[?([^\]]*)\]?:(\d{1,5})$/.exec(text) ?? [];
  return isIP(address) !== 0 && Number(port) >= 1 && Number(port) <= 65_535;
}
