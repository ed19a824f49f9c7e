import { compared, type Meanings, never, oneAtATime, way } from "./meaning";

const NEW_SITE = "or bring up a site of its own with it and move over";

export const networkMeanings: Meanings = {
  "network.cidr": compared(
    never(
      "machines keep the network that they were made with, and would not reach those that are made later",
      `keep it, ${NEW_SITE}`,
    ),
  ),
  "network.gateway": compared(
    way(
      "machines that run keep the router they were made with, and only new ones get the other",
      "keep the old one answering until they are made anew, by a template of another name for one",
    ),
  ),
  "network.apiVip": compared(
    way(
      "every kubeconfig that was handed out names the old address, which answers no more",
      "hand out new ones: `pulumi stack output kubeconfig --show-secrets`",
    ),
  ),
  "network.machines": never(
    "a machine that runs cannot change its address; those inside the new range keep theirs",
    "use a range that holds the address of every machine that runs",
  ),
  "network.serviceAddresses": compared(
    way(
      "Services whose address is outside it get another one, or none is left for them, and clients of the old one reach nobody",
      "see who has which: `kubectl get services --all-namespaces`, and keep those inside, or tell their clients first",
    ),
  ),
  "network.nameservers[]": oneAtATime(
    "Pods and the cluster's DNS ask the others; a machine's own programs do once it is made anew.",
  ),
  proxy: oneAtATime("containerd is restarted on each node; containers go on."),
  "proxy.http": oneAtATime("containerd is restarted on each node; containers go on."),
  "proxy.https": oneAtATime("containerd is restarted on each node; containers go on."),
  "proxy.noProxy[]": oneAtATime("containerd is restarted on each node; containers go on."),
  "network.ntp[]": oneAtATime("Clocks follow the others."),
  "network.podCidr": compared(
    never(
      "pods keep the addresses of the old network, and nodes that have changed no longer reach those that have not",
      `keep it, ${NEW_SITE}`,
    ),
  ),
  "network.nodePodPrefix": compared(
    never(
      "a node keeps the part of the pods' network that it has, and others would overlap it",
      `keep it, ${NEW_SITE}`,
    ),
  ),
  "network.serviceCidr": compared(
    never(
      "services keep their addresses, which are outside it, and no certificate names its first one",
      `keep it, ${NEW_SITE}`,
    ),
  ),
  "network.domain": compared(
    never("pods that run look services up by the old domain, and certificates name it", `keep it, ${NEW_SITE}`),
  ),
  "network.rttMs": oneAtATime("Members of etcd get the timers that follow from it."),
  "network.rtt[]": oneAtATime("Members of etcd get the timers that follow from it."),
  "network.rtt[].between": oneAtATime("Members of etcd get the timers that follow from it."),
  "network.rtt[].ms": oneAtATime("Members of etcd get the timers that follow from it."),
};

const endpoint = compared(
  way(
    "every kubeconfig that was handed out names the old endpoint",
    "keep that answering until new ones are handed out: `pulumi stack output kubeconfig --show-secrets`",
  ),
);

export const loadBalancerMeanings: Meanings = {
  "loadBalancer.kind": endpoint,
  "loadBalancer.endpoint": endpoint,
  "loadBalancer.port": endpoint,
  "loadBalancer.count": oneAtATime(
    "New ones join; those with the last letters leave, a virtual address moves over first.",
  ),
  "loadBalancer.cpus": oneAtATime("More is added while it runs; for less the machine is made anew."),
  "loadBalancer.memoryGiB": oneAtATime("More is added while it runs from 3 GiB on; else the machine is made anew."),
  "loadBalancer.diskGiB": never("a disk cannot shrink", "use at least the size that it has"),
  "loadBalancer.placement.*": oneAtATime("The machine is made anew in its new place."),
  "loadBalancer.placement.*.host": oneAtATime("The machine is made anew in its new place."),
  "loadBalancer.placement.*.datastore": oneAtATime("The machine is made anew in its new place."),
};
