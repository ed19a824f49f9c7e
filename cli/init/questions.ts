import type { HypervisorKind } from "../../site/description/hypervisors";
import { capabilitiesOf, isHypervisorKind } from "../../site/description/hypervisors";
import { contains, fromNumber, parseRange, type Range, size } from "../../site/description/ipv4";
import { kubernetesMinor, NEWEST_MINOR } from "../../site/description/versions";
import { isWrong, serversIn } from "./servers";

/** What a site's first description is made of, as people answer it. */
export interface Answers {
  name: string;
  kind: string;
  server: string;
  datacenter: string;
  cluster: string;
  template: string;
  network: string;
  distributedSwitch: string;
  hosts: string;
  cidr: string;
  servers: string;
  knownHosts: string;
  gateway: string;
  apiVip: string;
  machines: string;
  nameservers: string;
  kubernetes: string;
  workers: string;
}

export interface Question {
  flag: string;
  value: string;
  /** The place in the description that the answer decides: what is wrong there is wrong with the answer. */
  path: string;
  asks: string;
  /** Asked of one kind of hypervisor only. */
  of?: HypervisorKind;
  /** Asked only where vCenter leaves a choice. */
  optional?: boolean;
  /** From the answers before it. */
  proposal(before: Partial<Answers>): string;
}

/** In the order in which they are asked. */
export const questions: Readonly<Record<keyof Answers, Question>> = {
  name: {
    flag: "--name",
    value: "site",
    path: "name",
    asks: "the site's name, with which every machine's name begins",
    proposal: () => "store-001",
  },
  kind: {
    flag: "--kind",
    value: "kind",
    path: "hypervisor.kind",
    asks: "what machines run on: vsphere makes them, existing are servers that are there",
    proposal: () => "vsphere",
  },
  server: {
    of: "vsphere",
    flag: "--server",
    value: "name",
    path: "hypervisor.server",
    asks: "vCenter, with :port if it is not 443",
    proposal: () => process.env.VSPHERE_SERVER ?? "vcenter.example.com",
  },
  datacenter: {
    of: "vsphere",
    flag: "--datacenter",
    value: "name",
    path: "hypervisor.datacenter",
    asks: "vCenter's datacenter",
    proposal: () => "Datacenter",
  },
  cluster: {
    of: "vsphere",
    flag: "--cluster",
    value: "name",
    path: "hypervisor.cluster",
    asks: "the cluster of the hosts",
    proposal: () => "Cluster",
  },
  template: {
    of: "vsphere",
    flag: "--template",
    value: "name",
    path: "hypervisor.template",
    asks: "the template that machines are cloned from",
    proposal: () => "groundwork-node",
  },
  network: {
    of: "vsphere",
    flag: "--network",
    value: "name",
    path: "hypervisor.network",
    asks: "the port group that machines are connected to",
    proposal: () => "VM Network",
  },
  distributedSwitch: {
    of: "vsphere",
    optional: true,
    flag: "--distributed-switch",
    value: "name",
    path: "hypervisor.distributedSwitch",
    asks: "the distributed switch that the port group is on, where several networks have its name",
    proposal: () => "",
  },
  hosts: {
    of: "vsphere",
    flag: "--hosts",
    value: "n",
    path: "hosts",
    asks: "how many hosts there are",
    proposal: () => "3",
  },
  cidr: {
    flag: "--cidr",
    value: "block",
    path: "network.cidr",
    asks: "the machines' network",
    proposal: () => CIDR,
  },
  servers: {
    of: "existing",
    flag: "--servers",
    value: "list",
    path: "machines",
    asks: "the servers by role and address: etcd=ADDRESS,… control-plane=ADDRESS,… load-balancer=ADDRESS,… worker=ADDRESS,…",
    proposal: ({ cidr }) => proposedServers(cidr),
  },
  knownHosts: {
    of: "existing",
    flag: "--known-hosts",
    value: "file",
    path: "machines",
    asks: "the file with their SSH host keys, as ssh-keyscan writes it",
    proposal: () => "",
  },
  gateway: {
    flag: "--gateway",
    value: "address",
    path: "network.gateway",
    asks: "its gateway",
    proposal: ({ cidr }) => nth(cidr, 1),
  },
  apiVip: {
    flag: "--api-vip",
    value: "address",
    path: "network.apiVip",
    asks: "a free address for the API",
    proposal: ({ cidr }) => nth(cidr, size(block(cidr)) < SMALL ? 2 : 5),
  },
  machines: {
    flag: "--machines",
    value: "range",
    path: "network.machines",
    asks: "the addresses for machines: free ones, or those of the servers",
    proposal: ({ cidr, gateway, apiVip, kind, servers }) =>
      describesServers({ kind }) ? rangeOf(servers) : freeRange(cidr, gateway, apiVip),
  },
  nameservers: {
    flag: "--nameservers",
    of: "vsphere",
    value: "addresses",
    path: "network.nameservers",
    asks: "DNS servers of the machines, with commas between them",
    proposal: ({ gateway }) => gateway ?? nth(CIDR, 1),
  },
  kubernetes: {
    flag: "--kubernetes",
    value: "version",
    path: "kubernetes.version",
    asks: "Kubernetes' version, which the template holds",
    proposal: () => kubernetesMinor(NEWEST_MINOR).tested,
  },
  workers: {
    of: "vsphere",
    flag: "--workers",
    value: "n",
    path: "workers",
    asks: "how many workers of 4 CPUs and 16 GiB",
    proposal: () => "2",
  },
};

/** Whether the machines are there before the site, and are described. */
export function describesServers({ kind }: Partial<Answers>): boolean {
  return kind !== undefined && isHypervisorKind(kind) && !capabilitiesOf(kind).makesMachines;
}

/** Whether a question is asked of a site of this kind. */
export function isAsked(key: keyof Answers, { kind }: Partial<Answers>): boolean {
  const { of } = questions[key];
  return of === undefined || of === kind;
}

const CIDR = "10.0.42.0/24";
/** Below this many addresses none is left free between what is planned. */
const SMALL = 128;

/** What is no network is told as such; what is proposed within it does not matter then. */
function block(cidr = CIDR): Range {
  try {
    return parseRange(cidr);
  } catch {
    return parseRange(CIDR);
  }
}

function nth(cidr: string | undefined, n: number): string {
  return fromNumber(block(cidr).first + n);
}

/** Behind the addresses that are taken, to the last one before the broadcast address, a hundred at most. */
function freeRange(cidr: string | undefined, ...taken: (string | undefined)[]): string {
  const within = block(cidr);
  const numbers = taken
    .map((address) => block(address && `${address}/32`).first)
    .filter((number) => contains(within, number) && number < within.last - 1);
  const behind = Math.max(within.first, ...numbers) + 1;
  const first = size(within) < SMALL ? behind : Math.max(behind, within.first + 10);
  return `${fromNumber(first)}-${fromNumber(Math.min(within.last - 1, first + 99))}`;
}

/** Servers of the smallest site that survives the loss of any one. */
function proposedServers(cidr: string | undefined): string {
  const numbers = (first: number, count: number) =>
    Array.from({ length: count }, (_, i) => nth(cidr, first + i)).join(",");
  return `etcd=${numbers(11, 3)} control-plane=${numbers(21, 2)} load-balancer=${numbers(31, 2)} worker=${numbers(41, 2)}`;
}

/** From the first to the last address of servers. */
function rangeOf(text: string | undefined): string {
  const servers = serversIn(text ?? "");
  const numbers = isWrong(servers) ? [] : servers.map(({ address }) => block(`${address}/32`).first);
  return numbers.length === 0
    ? freeRange(CIDR)
    : `${fromNumber(Math.min(...numbers))}-${fromNumber(Math.max(...numbers))}`;
}
