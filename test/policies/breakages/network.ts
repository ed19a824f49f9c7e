import type { Breakage } from "../breakage";

/** Addresses, name servers and the pods' network. */
export const network: Breakage[] = [
  {
    rule: "addresses-unique",
    plan: (plan) => {
      for (const machine of plan.machines) if (machine.name === "demo-etcd-b") machine.address = "10.42.0.10";
    },
    says: "machines.demo-etcd-b: demo-etcd-a and demo-etcd-b have one address, 10.42.0.10; give each machine its own address",
  },
  {
    rule: "addresses-in-network",
    plan: (plan) => {
      for (const machine of plan.machines) if (machine.name === "demo-etcd-b") machine.address = "10.43.0.11";
    },
    says: "machines.demo-etcd-b: demo-etcd-b has 10.43.0.11, outside 10.42.0.0/24; use addresses of network.cidr",
  },
  {
    rule: "name-servers",
    plan: (plan) => {
      plan.spec.network.nameservers = [];
    },
    says:
      "network.nameservers: it is empty, so no machine looks up a name, pulls an image by it, or runs the cluster's DNS; " +
      "list one or more DNS servers that the machines reach",
  },
  {
    rule: "name-servers-asked",
    plan: (plan) => {
      plan.spec.network.nameservers = ["10.42.0.2", "10.42.0.3", "10.43.0.2", "10.43.0.3"];
    },
    says:
      "network.nameservers[3]: machines and pods ask the first 3 of the 4, and never this one; " +
      "list the three that are to be asked",
  },
  {
    rule: "network-policy-enforced",
    plan: (plan) => {
      plan.spec.kubernetes.podNetwork = { kind: "routed", enforcesNetworkPolicy: false };
    },
    says:
      "kubernetes.podNetwork: pod network routed does not enforce NetworkPolicy: every pod reaches every pod; " +
      "set kubernetes.podNetwork.enforcesNetworkPolicy to true under routed, or use cilium, or a manifest of a network that enforces it",
  },
];
