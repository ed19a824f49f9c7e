import { contains, fromNumber, parseRange, type Range, size } from "../../site/description/ipv4";
import { DEFAULT_MINOR, kubernetesMinor } from "../../site/description/versions";

/** What a site's first description is made of, as people answer it. */
export interface Answers {
  name: string;
  server: string;
  datacenter: string;
  cluster: string;
  template: string;
  network: string;
  hosts: string;
  cidr: string;
  gateway: string;
  apiVip: string;
  machines: string;
  kubernetes: string;
  workers: string;
}

export interface Question {
  flag: string;
  value: string;
  /** The place in the description that the answer decides: what is wrong there is wrong with the answer. */
  path: string;
  asks: string;
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
  server: {
    flag: "--server",
    value: "name",
    path: "hypervisor.server",
    asks: "vCenter, with :port if it is not 443",
    proposal: () => process.env.VSPHERE_SERVER ?? "vcenter.example.com",
  },
  datacenter: {
    flag: "--datacenter",
    value: "name",
    path: "hypervisor.datacenter",
    asks: "vCenter's datacenter",
    proposal: () => "Datacenter",
  },
  cluster: {
    flag: "--cluster",
    value: "name",
    path: "hypervisor.cluster",
    asks: "the cluster of the hosts",
    proposal: () => "Cluster",
  },
  template: {
    flag: "--template",
    value: "name",
    path: "hypervisor.template",
    asks: "the template that machines are cloned from",
    proposal: () => "groundwork-node",
  },
  network: {
    flag: "--network",
    value: "name",
    path: "hypervisor.network",
    asks: "the port group that machines are connected to",
    proposal: () => "VM Network",
  },
  hosts: { flag: "--hosts", value: "n", path: "hosts", asks: "how many hosts there are", proposal: () => "3" },
  cidr: {
    flag: "--cidr",
    value: "block",
    path: "network.cidr",
    asks: "the machines' network",
    proposal: () => CIDR,
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
    asks: "free addresses for machines",
    proposal: ({ cidr, gateway, apiVip }) => freeRange(cidr, gateway, apiVip),
  },
  kubernetes: {
    flag: "--kubernetes",
    value: "version",
    path: "kubernetes.version",
    asks: "Kubernetes' version, which the template holds",
    proposal: () => kubernetesMinor(DEFAULT_MINOR).tested,
  },
  workers: {
    flag: "--workers",
    value: "n",
    path: "workers",
    asks: "how many workers of 4 CPUs and 16 GiB",
    proposal: () => "2",
  },
};

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
