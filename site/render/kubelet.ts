import { kubeletReservations } from "../description/kubeletReservations";
import { REGISTRY_MEMORY_MIB } from "../description/registry";
import { dnsServiceAddress } from "../plan/endpoints";
import type { MachinePlan, SitePlan } from "../plan/model";
import { registryMachines } from "../plan/registry";
import { poolOf } from "../plan/roles";
import { VERSION_LABEL } from "./kubeProxy";
import { paths } from "./paths";
import { TLS_CIPHER_SUITES, TLS_MIN_VERSION } from "./tls";
import { merged, yaml } from "./yaml";

export const CONTROL_PLANE_TAINT = { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" };

/**
 * What every kubelet of the site has in common; kubeadm keeps it in the cluster as `kubelet-config`.
 *
 * - Its client and serving certificates come from the plan and are renewed by `up`: it asks the cluster for none (S1, S5).
 * - Nobody is anonymous; the API server decides who may do what (S6, CIS 4.2).
 * - Pods use the site's nameservers, or those of the server they run on; never a resolver that only listens on the machine itself.
 */
export function kubeletConfiguration(plan: SitePlan): { [field: string]: unknown } {
  const { network, kubernetes } = plan.spec;
  return merged(
    {
      apiVersion: "kubelet.config.k8s.io/v1beta1",
      kind: "KubeletConfiguration",
      authentication: {
        anonymous: { enabled: false },
        webhook: { enabled: true, cacheTTL: "2m0s" },
        x509: { clientCAFile: `${paths.pki}/ca.crt` },
      },
      authorization: { mode: "Webhook" },
      cgroupDriver: "systemd",
      clusterDNS: [dnsServiceAddress(plan)],
      clusterDomain: network.domain,
      containerLogMaxFiles: 5,
      containerLogMaxSize: "10Mi",
      containerRuntimeEndpoint: paths.criSocket,
      enableServer: true,
      eventRecordQPS: 50,
      healthzBindAddress: "127.0.0.1",
      healthzPort: 10248,
      imageGCHighThresholdPercent: 85,
      imageGCLowThresholdPercent: 75,
      makeIPTablesUtilChains: true,
      podPidsLimit: 4096,
      protectKernelDefaults: true,
      readOnlyPort: 0,
      resolvConf: paths.resolvConf,
      rotateCertificates: false,
      seccompDefault: true,
      serializeImagePulls: false,
      maxParallelImagePulls: 3,
      shutdownGracePeriod: "60s",
      shutdownGracePeriodCriticalPods: "20s",
      staticPodPath: "/etc/kubernetes/manifests",
      tlsCertFile: `${paths.kubelet}/pki/kubelet.crt`,
      tlsPrivateKeyFile: `${paths.kubelet}/pki/kubelet.key`,
      tlsMinVersion: TLS_MIN_VERSION,
      tlsCipherSuites: TLS_CIPHER_SUITES,
    },
    kubernetes.kubelet,
  );
}

/** The kubelet's configuration on one machine as text. */
export function kubeletMachineConfiguration(plan: SitePlan, machine: MachinePlan): string {
  return yaml(kubeletMachineFields(plan, machine));
}

/** The kubelet's configuration on one machine: the common one, its size (C1), its role and its pool. */
export function kubeletMachineFields(plan: SitePlan, machine: MachinePlan): { [field: string]: unknown } {
  const taints = nodeTaints(plan, machine);
  const own = {
    ...kubeletReservations(machine, besidePods(plan, machine)),
    ...(taints.length > 0 && { registerWithTaints: taints }),
  };
  const common = merged(merged(kubeletConfiguration(plan), own), plan.spec.kubernetes.kubelet);
  return merged(common, poolOf(plan, machine)?.kubelet ?? {});
}

/** What the site runs on a node beside its pods, MiB. */
function besidePods(plan: SitePlan, machine: MachinePlan): number {
  return registryMachines(plan).some(({ name }) => name === machine.name) ? REGISTRY_MEMORY_MIB : 0;
}

/** The taints that a node registers with. */
export function nodeTaints(plan: SitePlan, machine: MachinePlan): { key: string; value?: string; effect: string }[] {
  return machine.role === "control-plane" ? [CONTROL_PLANE_TAINT] : (poolOf(plan, machine)?.taints ?? []);
}

/**
 * Flags that have no field in the configuration, where kubeadm's unit reads them. A kubelet may give itself labels of the
 * failure domain: `topology.kubernetes.io/*` is allowed by NodeRestriction (W1).
 */
export function kubeletFlags(plan: SitePlan, machine: MachinePlan): string {
  const labels = Object.entries(nodeLabels(plan, machine)).map(([key, value]) => `${key}=${value}`);
  const values = [
    `--hostname-override=${machine.name}`,
    `--node-ip=${machine.address}`,
    ...(labels.length > 0 ? [`--node-labels=${labels.join(",")}`] : []),
  ];
  return `KUBELET_KUBEADM_ARGS="${values.join(" ")}"\n`;
}

/** Labels of a node in the order of their names: its failure domains, its pool's, and the version by which it gets its kube-proxy. */
export function nodeLabels(plan: SitePlan, machine: MachinePlan): Record<string, string> {
  const own = poolOf(plan, machine)?.labels;
  const labels = { ...own, ...machine.labels, [VERSION_LABEL]: plan.spec.kubernetes.version };
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The nameservers that pods of the node's own DNS policy and the cluster's DNS ask. */
export function resolvConf(plan: SitePlan): string {
  return plan.spec.network.nameservers.map((address) => `nameserver ${address}\n`).join("");
}
