import { capabilitiesOf } from "../../description/hypervisors";
import { contains, parseRange, toNumber } from "../../description/ipv4";
import { listed } from "../../description/listed";
import { grouped, rule } from "./rule";

export const networkPolicyIsEnforced = rule({
  id: "network-policy-enforced",
  subject: "Network",
  scope: "site",
  sentence: "NetworkPolicy is enforced by the installed pod network",
  severity: "advisory",
  source: "S7 [B]",
  fix: "set kubernetes.podNetwork.enforcesNetworkPolicy to true under routed, or use cilium, or a manifest of a network that enforces it",
  check: ({ podNetwork }) =>
    podNetwork && !podNetwork.enforcesNetworkPolicy
      ? [
          {
            path: "kubernetes.podNetwork",
            message: `pod network ${podNetwork.kind} does not enforce NetworkPolicy: every pod reaches every pod`,
          },
        ]
      : [],
});

export const machinesResolveNames = rule({
  id: "name-servers",
  subject: "Network",
  scope: "site",
  sentence: "virtual machines know a name server",
  severity: "mandatory",
  source: "C6 [K]",
  fix: "list one or more DNS servers that the machines reach",
  check: ({ hypervisor, network: { nameservers } }) =>
    capabilitiesOf(hypervisor).makesMachines && nameservers?.length === 0
      ? [
          {
            path: "network.nameservers",
            message: "it is empty, so no machine looks up a name, pulls an image by it, or runs the cluster's DNS",
          },
        ]
      : [],
});

/** glibc's resolver and kubelet take so many name servers, and leave the others out without an error. */
const NAME_SERVERS_ASKED = 3;

export const nameServersAreAsked = rule({
  id: "name-servers-asked",
  subject: "Network",
  scope: "site",
  sentence: "every name server that is listed is asked",
  severity: "advisory",
  source: "C6 [K]",
  fix: "list the three that are to be asked",
  check: ({ network: { nameservers = [] } }) =>
    nameservers.length > NAME_SERVERS_ASKED
      ? [
          {
            path: `network.nameservers[${NAME_SERVERS_ASKED}]`,
            message: `machines and pods ask the first ${NAME_SERVERS_ASKED} of the ${nameservers.length}, and never this one`,
          },
        ]
      : [],
});

export const addressesAreUnique = rule({
  id: "addresses-unique",
  subject: "Network",
  scope: "site",
  sentence: "no two machines have one address, and none has the gateway's or the virtual one",
  severity: "mandatory",
  source: "R5 [X]",
  fix: "give each machine its own address",
  check: (facts) => {
    const reserved = new Map([
      [facts.network.gateway, "the gateway's"],
      [facts.network.vip, "the virtual address"],
    ]);
    return [...grouped(facts.machines, (m) => m.address)].flatMap(([address, on]) => [
      ...(on.length > 1
        ? [{ path: on[1]?.path ?? "", message: `${listed(on.map((m) => m.name))} have one address, ${address}` }]
        : []),
      ...(reserved.has(address)
        ? [{ path: on[0]?.path ?? "", message: `${on[0]?.name} has ${address}, ${reserved.get(address)}` }]
        : []),
    ]);
  },
});

export const addressesAreInNetwork = rule({
  id: "addresses-in-network",
  subject: "Network",
  scope: "site",
  sentence: "every address, the virtual one too, is inside the site's network",
  severity: "mandatory",
  source: "R5 [X]",
  fix: "use addresses of network.cidr",
  check: ({ network, machines }) => {
    if (network.cidr === undefined) return [];
    const range = parseRange(network.cidr);
    const outside = (address: string | undefined) => address !== undefined && !contains(range, toNumber(address));
    return [
      ...(outside(network.vip)
        ? [{ path: "network.apiVip", message: `${network.vip} is outside ${network.cidr}` }]
        : []),
      ...machines
        .filter((m) => outside(m.address))
        .map((m) => ({ path: m.path, message: `${m.name} has ${m.address}, outside ${network.cidr}` })),
    ];
  },
});
