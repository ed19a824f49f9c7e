import { endpointUrl } from "../plan/endpoints";
import type { MachinePlan, SitePlan } from "../plan/model";
import { machinesOf, nodesOf } from "../plan/roles";
import { kubeletClient } from "./certificates";

/** A kubeconfig file: a client certificate and where it talks to. */
export interface KubeconfigPlan {
  id: "admin" | "super-admin" | "controller-manager" | "scheduler" | "kubelet" | "operator";
  /** Absent for the operator's own. */
  machine?: string;
  path?: string;
  user: string;
  /** Id of the client certificate. */
  certificate: string;
  server: string;
}

/**
 * The API server that a node's kubelet and kube-proxy use. On a control plane it is the machine's own, which is never older
 * than they are: neither may be newer than the API server it talks to, and an upgrade replaces one machine at a time.
 */
export function nodeServer(plan: SitePlan, machine: MachinePlan): string {
  return machine.role === "control-plane" ? `https://${machine.address}:6443` : endpointUrl(plan);
}

/** Every kubeconfig file, at the paths kubeadm uses. */
export function kubeconfigsOf(plan: SitePlan): KubeconfigPlan[] {
  const endpoint = endpointUrl(plan);
  const controlPlanes = machinesOf(plan, "control-plane");
  const at = (machine: MachinePlan, id: KubeconfigPlan["id"], user: string, server: string): KubeconfigPlan => ({
    id,
    machine: machine.name,
    path: `/etc/kubernetes/${id}.conf`,
    user,
    certificate: id === "kubelet" ? kubeletClient(machine) : id,
    server,
  });
  return [
    ...controlPlanes.flatMap((m, i) => {
      const local = `https://${m.address}:6443`;
      const files = [
        at(m, "admin", "kubernetes-admin", endpoint),
        at(m, "controller-manager", "system:kube-controller-manager", local),
        at(m, "scheduler", "system:kube-scheduler", local),
      ];
      return i === 0 ? [...files, at(m, "super-admin", "kubernetes-super-admin", endpoint)] : files;
    }),
    ...nodesOf(plan).map((m) => at(m, "kubelet", `system:node:${m.name}`, nodeServer(plan, m))),
    { id: "operator", user: "groundwork:operator", certificate: "operator", server: endpoint },
  ];
}
