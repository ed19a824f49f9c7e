import { isIP } from "node:net";
import { Address4, Address6 } from "ip-address";
import { parseRange } from "../ipv4";
import { seconds } from "../kubernetes/fieldTypes";
import { type Problem, shown } from "../problem";
import type { SiteSpec } from "../spec";
import { impossibleGates } from "./gates";

type Tree = { [field: string]: unknown };

const MODES = ["iptables", "ipvs", "nftables"];
const LOCAL = ["ClusterCIDR", "NodeCIDR", "BridgeInterface", "InterfaceNamePrefix"];

/** Fields of kube-proxy that are well typed and cannot be all the same (pkg/proxy/apis/config/validation). */
export function consistentKubeProxy({ kubernetes, network }: SiteSpec): Problem[] {
  const proxy = kubernetes.kubeProxy as Tree;
  const problems: Problem[] = [];
  const add = (field: string, fact: string, fix: string) =>
    problems.push({ path: `kubernetes.kubeProxy.${field}`, fact, fix });
  const fixed = (field: string, value: string, why: string) => {
    const given = proxy[field];
    if (given !== undefined && given !== value) add(field, `${shown(given)} is not possible: ${why}`, "leave it out");
  };
  const choice = (field: string, choices: string[]) => {
    const given = proxy[field];
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
  choice("detectLocalMode", LOCAL);
  const { clusterCIDR } = proxy;
  if (typeof clusterCIDR === "string" && !sameBlock(clusterCIDR, network.podCidr))
    add(
      "clusterCIDR",
      `${shown(clusterCIDR)} is not network.podCidr ${network.podCidr}, which pods get`,
      "leave it out",
    );
  const client = tree(proxy, "clientConnection");
  if (client.kubeconfig !== undefined && client.kubeconfig !== "/var/lib/kube-proxy/kubeconfig.conf")
    add("clientConnection.kubeconfig", `${shown(client.kubeconfig)} is not where the site puts it`, "leave it out");
  number("clientConnection.burst", client.burst, 0, 2 ** 31 - 1);
  number("oomScoreAdj", proxy.oomScoreAdj, -1000, 1000);
  for (const of of ["iptables", "ipvs", "nftables"]) {
    const { masqueradeBit, minSyncPeriod, syncPeriod, ...rest } = tree(proxy, of);
    number(`${of}.masqueradeBit`, masqueradeBit, 0, 31);
    time(`${of}.syncPeriod`, syncPeriod, true);
    time(`${of}.minSyncPeriod`, minSyncPeriod, false);
    if (seconds(minSyncPeriod) > seconds(syncPeriod ?? "30s"))
      add(`${of}.minSyncPeriod`, `${shown(minSyncPeriod)} is longer than syncPeriod`, "use less");
    for (const timeout of ["tcpTimeout", "tcpFinTimeout", "udpTimeout"]) time(`${of}.${timeout}`, rest[timeout], false);
  }
  for (const [field, value] of Object.entries(tree(proxy, "conntrack"))) {
    number(`conntrack.${field}`, value, 0, 2 ** 31 - 1);
    time(`conntrack.${field}`, value, false);
  }
  time("configSyncPeriod", proxy.configSyncPeriod, true);
  if (typeof proxy.bindAddress === "string" && isIP(proxy.bindAddress) === 0)
    add("bindAddress", `${shown(proxy.bindAddress)} is not an address`, "use an address, for example 0.0.0.0");
  for (const field of ["healthzBindAddress", "metricsBindAddress"]) {
    const given = proxy[field];
    if (typeof given === "string" && given !== "" && !isAddressAndPort(given))
      add(field, `${shown(given)} is not address:port`, "use address:port, for example 127.0.0.1:10249");
  }
  blocks("nodePortAddresses", proxy.nodePortAddresses, true);
  blocks("ipvs.excludeCIDRs", tree(proxy, "ipvs").excludeCIDRs, false);
  problems.push(...impossibleGates(kubernetes.version, proxy.featureGates, "kubernetes.kubeProxy.featureGates"));
  return problems;

  function blocks(field: string, given: unknown, primary: boolean) {
    if (!Array.isArray(given) || (primary && given.length === 1 && given[0] === "primary")) return;
    given.forEach((one, i) => {
      if (typeof one === "string" && !isBlock(one))
        add(`${field}[${i}]`, `${shown(one)} is not a block of addresses`, "use a block, for example 10.0.42.0/24");
    });
  }
}

function tree(of: Tree, field: string): Tree {
  const value = of[field];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Tree) : {};
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
