import type { SitePlan } from "../site/plan/model";
import { kubeProxyConfiguration } from "../site/render/kubeProxy";

/** The machines of a plan as bench/kubeadm.sh reads them: a line each, words apart by a blank. */
export function machineTable(plan: SitePlan): string {
  return plan.machines
    .map(({ name, role, address, host, disks: [system, data], cpus, memoryGiB, podCidr }) => {
      const disk = [data?.datastore ?? "-", data ? Math.ceil(data.sizeGiB) : "-"];
      const size = [cpus, Math.round(memoryGiB * 1024)];
      const row = [name, role, address, host, system?.datastore, Math.ceil(system?.sizeGiB ?? 0), ...disk, ...size];
      return `${[...row, podCidr ?? "-"].join(" ")}\n`;
    })
    .join("");
}

/** What bench/kubeadm.sh takes from its environment. */
export function scriptEnvironment(plan: SitePlan): Record<string, string> {
  const { site, vip, spec } = plan;
  const { network, kubernetes, hypervisor } = spec;
  if (hypervisor.kind !== "vsphere" || vip === undefined)
    throw new Error("--stack: its site has no vCenter or no load balancers of its own; use a stack like demo");
  return {
    SITE: site,
    VIP: vip,
    PREFIX: network.cidr.slice(network.cidr.indexOf("/") + 1),
    GATEWAY: network.gateway,
    TEMPLATE: hypervisor.template,
    NETWORK: hypervisor.network,
    POOL: `/${hypervisor.datacenter}/host/${hypervisor.cluster}/Resources`,
    POD_CIDR: network.podCidr,
    SERVICE_CIDR: network.serviceCidr,
    VERSION: kubernetes.version,
    IGNORED: kubernetes.ignorePreflightErrors.join(","),
    KUBELET: JSON.stringify({
      apiVersion: "kubelet.config.k8s.io/v1beta1",
      kind: "KubeletConfiguration",
      ...kubernetes.kubelet,
    }),
    KUBE_PROXY: kubeProxyConfiguration(plan),
  };
}
