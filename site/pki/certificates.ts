import { Address4 } from "ip-address";
import type { Store } from "../description/stores";
import { apiServiceAddress } from "../plan/endpoints";
import type { MachinePlan, SitePlan } from "../plan/model";
import { oncePer } from "../plan/once";
import { registryMachines } from "../plan/registry";
import { machinesOf, nodesOf } from "../plan/roles";
import { type AuthorityId, storeAuthority } from "./authorities";

/** What a certificate may be used for; the words are those of `@pulumi/tls`. */
export type Usage = "digital_signature" | "server_auth" | "client_auth";

/** A certificate and its private key: one key, one request, one signed certificate. */
export interface CertificatePlan {
  /** Stable and unique in the site: `apiserver-store-042-control-plane-a`. */
  id: string;
  /** A sentence for the certificate inventory. */
  purpose: string;
  authority: AuthorityId;
  commonName: string;
  organization?: string;
  dnsNames: string[];
  ipAddresses: string[];
  usages: Usage[];
  validityHours: number;
  /** `up` renews the certificate when fewer hours than this are left (S2). */
  earlyRenewalHours: number;
  /** The machines that get the private key; nobody else does (S4). Empty: it stays with the operator. */
  machines: string[];
}

/** Id of the certificate that etcdctl uses on a store's members. */
export function healthCheckClient(store: Store): string {
  return `${storeAuthority(store)}-healthcheck-client`;
}

/** Id of the certificate that etcd's metrics are asked with. etcd knows no certificate that may do less than all. */
export const monitoringEtcdClient = "monitoring-etcd-client";
export const monitoringCertificate = (machine: { name: string }): string => `monitoring-${machine.name}`;
/** Id of the certificate that a machine sends its logs with, and takes those of others with. */
export const logsCertificate = (machine: { name: string }): string => `logs-${machine.name}`;
/** Who asks the API, kubelets and the control planes' programs for metrics. */
export const MONITORING_USER = "groundwork:monitoring";

/** The name that every copy of the site's own registry is known by. */
export const REGISTRY_NAME = "registry.groundwork";
/** Who may write into it, and the id of the certificate for that. */
export const REGISTRY_PUSHER = "groundwork:registry-push";
export const registryPusher = "registry-push";
export const registryServer = (machine: { name: string }): string => `registry-${machine.name}`;

/** Id of the certificate that a network add-on reaches its store with. */
export const networkStoreClient = "network-store-client";

/**
 * Every certificate of the site (S1, S5).
 *
 * One per machine where the name or address of the machine is in it: API server, kubelet client and serving, etcd server
 * and peer. One for all control planes where it names a role: they trust the same service-account key anyway, and a stolen
 * one cannot be told from another. kube-proxy has none: kubeadm gives it the service account `kube-system/kube-proxy`,
 * whose token the API server signs, rotates and binds to the pod.
 */
export const certificatesOf = oncePer((plan: SitePlan): readonly CertificatePlan[] => {
  const { certificateHours, earlyRenewalHours } = plan.spec.pki;
  const life = { validityHours: certificateHours, earlyRenewalHours };
  return undatedCertificates(plan).map((certificate) => ({ ...certificate, ...life }));
});

type Undated = Omit<CertificatePlan, "validityHours" | "earlyRenewalHours">;

function undatedCertificates(plan: SitePlan): Undated[] {
  const controlPlanes = machinesOf(plan, "control-plane").map((m) => m.name);
  return [
    ...machinesOf(plan, "etcd", "events").flatMap((m) => etcdMember(m, "etcd")),
    {
      ...client("etcd", "etcd-healthcheck-client", "kube-etcd-healthcheck-client"),
      purpose: "etcdctl on the members: health, locks, snapshots",
      machines: machinesOf(plan, "etcd", "events").map((m) => m.name),
    },
    ...(plan.networkStore ? networkStore(plan) : []),
    ...machinesOf(plan, "control-plane").map((m) => apiServer(plan, m)),
    {
      ...client("etcd", "apiserver-etcd-client", "kube-apiserver-etcd-client"),
      purpose: "API servers to etcd",
      machines: controlPlanes,
    },
    {
      ...client("cluster", "apiserver-kubelet-client", "kube-apiserver-kubelet-client"),
      purpose: "API servers to kubelets",
      machines: controlPlanes,
    },
    {
      ...client("front-proxy", "front-proxy-client", "front-proxy-client"),
      purpose: "API servers to aggregated APIs",
      machines: controlPlanes,
    },
    {
      ...client("cluster", "controller-manager", "system:kube-controller-manager"),
      purpose: "controller managers to the API",
      machines: controlPlanes,
    },
    {
      ...client("cluster", "scheduler", "system:kube-scheduler"),
      purpose: "schedulers to the API",
      machines: controlPlanes,
    },
    {
      ...client("cluster", "admin", "kubernetes-admin", "kubeadm:cluster-admins"),
      purpose: "kubeadm on the control planes",
      machines: controlPlanes,
    },
    {
      ...client("cluster", "super-admin", "kubernetes-super-admin", "system:masters"),
      purpose: "kubeadm init, to bind the administrators' role; taken away again afterwards",
      machines: controlPlanes.slice(0, 1),
    },
    {
      ...client("cluster", "operator", "groundwork:operator", "kubeadm:cluster-admins"),
      purpose: "the program itself and the kubeconfig it hands out",
      machines: [],
    },
    {
      id: "metrics-server",
      purpose: "the metrics API towards the API servers (C6)",
      authority: "cluster",
      commonName: "metrics-server",
      dnsNames: ["metrics-server", "metrics-server.kube-system", "metrics-server.kube-system.svc"],
      ipAddresses: [],
      usages: ["digital_signature", "server_auth"],
      machines: [],
    },
    ...nodesOf(plan).flatMap((m) => kubelet(m)),
    ...(plan.spec.addons.monitoring ? monitoring(plan) : []),
    ...registry(plan),
    ...(plan.spec.addons.monitoring?.logs ? plan.machines.map(logs) : []),
  ];
}

export const apiServerCertificate = (machine: { name: string }): string => `apiserver-${machine.name}`;
export const kubeletClient = (machine: { name: string }): string => `kubelet-client-${machine.name}`;
export const kubeletServing = (machine: { name: string }): string => `kubelet-serving-${machine.name}`;
export const etcdServer = (machine: { name: string }): string => `etcd-server-${machine.name}`;
export const etcdPeer = (machine: { name: string }): string => `etcd-peer-${machine.name}`;

function client(authority: AuthorityId, id: string, commonName: string, organization?: string) {
  const usages: Usage[] = ["digital_signature", "client_auth"];
  return {
    id,
    authority,
    commonName,
    ...(organization && { organization }),
    dnsNames: [],
    ipAddresses: [],
    usages,
  };
}

function apiServer(plan: SitePlan, machine: MachinePlan): Undated {
  const { domain } = plan.spec.network;
  const isAddress = Address4.isValid(plan.endpoint.host);
  return {
    id: apiServerCertificate(machine),
    purpose: `API server on ${machine.name}`,
    authority: "cluster",
    commonName: "kube-apiserver",
    dnsNames: [
      machine.name,
      "kubernetes",
      "kubernetes.default",
      "kubernetes.default.svc",
      `kubernetes.default.svc.${domain}`,
      ...(isAddress ? [] : [plan.endpoint.host]),
    ],
    ipAddresses: [apiServiceAddress(plan), machine.address, ...(isAddress ? [plan.endpoint.host] : [])],
    usages: ["digital_signature", "server_auth"],
    machines: [machine.name],
  };
}

/** etcd members are server and client to each other; the server certificate is also used for the gateway's loopback. */
function etcdMember(machine: MachinePlan, authority: AuthorityId): Undated[] {
  const names = {
    authority,
    commonName: machine.name,
    dnsNames: [machine.name, "localhost"],
    ipAddresses: [machine.address, "127.0.0.1"],
    usages: ["digital_signature", "server_auth", "client_auth"] satisfies Usage[],
    machines: [machine.name],
  };
  return [
    { id: etcdServer(machine), purpose: `etcd clients' side of ${machine.name}`, ...names },
    { id: etcdPeer(machine), purpose: `etcd peers' side of ${machine.name}`, ...names },
  ];
}

/** The members of a network add-on's store, and the two who may talk to it: their own health check, and the add-on. */
function networkStore(plan: SitePlan): Undated[] {
  const members = machinesOf(plan, "network-store");
  return [
    ...members.flatMap((m) => etcdMember(m, "network-store")),
    {
      ...client("network-store", healthCheckClient("network-store"), "network-store-healthcheck-client"),
      purpose: "etcdctl on the members of the network add-on's store",
      machines: members.map((m) => m.name),
    },
    {
      ...client("network-store", networkStoreClient, "network-store-client"),
      purpose: "the network add-on to its store, by a secret in kube-system",
      machines: [],
    },
  ];
}

/** What watches the site from each control plane, and both sides of those that speak to each other. */
function monitoring(plan: SitePlan): Undated[] {
  const controlPlanes = machinesOf(plan, "control-plane");
  return [
    {
      ...client("etcd", monitoringEtcdClient, "groundwork-monitoring"),
      purpose: "monitoring to etcd, for its metrics",
      machines: controlPlanes.map(({ name }) => name),
    },
    ...controlPlanes.map(
      (machine): Undated => ({
        ...client("cluster", monitoringCertificate(machine), MONITORING_USER),
        purpose: `monitoring on ${machine.name} to what it asks for metrics, and to the other`,
        ipAddresses: [machine.address],
        usages: ["digital_signature", "server_auth", "client_auth"],
        machines: [machine.name],
      }),
    ),
  ];
}

/** The copies of the site's own registry, and who fills it. Nodes read by the certificates of their kubelets. */
function registry(plan: SitePlan): Undated[] {
  const copies = registryMachines(plan);
  if (copies.length === 0) return [];
  return [
    ...copies.map(
      (machine): Undated => ({
        id: registryServer(machine),
        purpose: `the site's registry on ${machine.name}`,
        authority: "cluster",
        commonName: REGISTRY_NAME,
        dnsNames: [REGISTRY_NAME, machine.name],
        ipAddresses: [machine.address, ...(plan.vip === undefined ? [] : [plan.vip])],
        usages: ["digital_signature", "server_auth"],
        machines: [machine.name],
      }),
    ),
    {
      ...client("cluster", registryPusher, REGISTRY_PUSHER),
      purpose: "whoever fills the site's registry",
      machines: [],
    },
  ];
}

/** Of the cluster's authority, for a user who may nothing: both sides of those that send logs and keep them know each other by it. */
function logs(machine: MachinePlan): Undated {
  return {
    ...client("cluster", logsCertificate(machine), "groundwork:logs"),
    purpose: `logs of ${machine.name} to those who keep them`,
    dnsNames: [machine.name],
    usages: ["digital_signature", "server_auth", "client_auth"],
    machines: [machine.name],
  };
}

function kubelet(machine: MachinePlan): Undated[] {
  return [
    {
      ...client("cluster", kubeletClient(machine), `system:node:${machine.name}`, "system:nodes"),
      purpose: `kubelet of ${machine.name} to the API`,
      machines: [machine.name],
    },
    {
      id: kubeletServing(machine),
      purpose: `kubelet's own port on ${machine.name} (S5)`,
      authority: "cluster",
      commonName: `system:node:${machine.name}`,
      organization: "system:nodes",
      dnsNames: [machine.name],
      ipAddresses: [machine.address],
      usages: ["digital_signature", "server_auth"],
      machines: [machine.name],
    },
  ];
}
