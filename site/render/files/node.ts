import { kubeletServing } from "../../pki/certificates";
import { kubeconfigsOf } from "../../pki/kubeconfigs";
import type { MachinePlan, SitePlan } from "../../plan/model";
import type { FileSpec, Unit } from "../file";
import { certificateFiles, file, privateFile, secret } from "../file";
import { kernelModules } from "../kernel";
import { kubeadmJoinConfiguration } from "../kubeadm";
import { kubeconfig } from "../kubeconfig";
import { kubeletFlags, kubeletMachineConfiguration, resolvConf } from "../kubelet";
import { kubeProxyConfiguration, kubeProxyKubeconfig } from "../kubeProxy";
import { paths } from "../paths";
import { proxyEnvironment } from "../proxy";
import { registryClientFiles } from "../registry";
import { cniConfiguration, POD_NETWORK_SCRIPT, POD_ROUTES, podNetworkUnit, podRoutes } from "../routedNetwork";
import { shell } from "../shell";

/** A machine with a kubelet. Its client certificate is in its kubeconfig; nothing here belongs to another machine. */
export function nodeFiles(plan: SitePlan, machine: MachinePlan): FileSpec[] {
  const resolver = resolvConf(plan);
  const readers: Unit[] =
    machine.role === "control-plane" ? ["kubelet", "kube-apiserver", "kube-controller-manager"] : ["kubelet"];
  return [
    file("/etc/modules-load.d/groundwork.conf", kernelModules(plan.spec.kubernetes.podNetwork), ["kernel"]),
    file(`${paths.pki}/ca.crt`, secret("authority/cluster"), readers),
    ...kubeconfigFiles(plan, machine, "kubelet", ["kubelet"]),
    file(`${paths.kubelet}/config.yaml`, kubeletMachineConfiguration(plan, machine), ["kubelet"], { mode: 0o600 }),
    file(`${paths.kubelet}/kubeadm-flags.env`, kubeletFlags(plan, machine), ["kubelet"]),
    privateFile(`${paths.kubeProxyFolder}/config.conf`, kubeProxyConfiguration(plan), ["kube-proxy"]),
    privateFile(`${paths.kubeProxyFolder}/kubeconfig.conf`, kubeProxyKubeconfig(plan, machine), ["kube-proxy"]),
    ...certificateFiles(`${paths.kubelet}/pki/kubelet`, kubeletServing(machine), ["kubelet"]),
    ...proxyFiles(plan),
    ...registryClientFiles(plan, machine),
    ...(resolver ? [file(paths.resolvConf, resolver, ["kubelet"])] : []),
    ...(machine.role === "worker" ? [privateFile(paths.kubeadm, kubeadmJoinConfiguration(plan, machine), [])] : []),
    ...(plan.spec.kubernetes.podNetwork.kind === "routed" ? routedNetworkFiles(plan, machine) : []),
  ];
}

/** containerd pulls images: nothing else of a node goes through a proxy. */
function proxyFiles(plan: SitePlan): FileSpec[] {
  const environment = proxyEnvironment(plan);
  return environment === undefined
    ? []
    : [file("/etc/systemd/system/containerd.service.d/groundwork-proxy.conf", environment, ["containerd"])];
}

export function kubeconfigFiles(plan: SitePlan, machine: MachinePlan, id: string, units: Unit[]): FileSpec[] {
  return kubeconfigsOf(plan)
    .filter((k) => k.machine === machine.name && k.id === id)
    .map((k) => privateFile(k.path as string, kubeconfig(plan, k), units));
}

function routedNetworkFiles(plan: SitePlan, machine: MachinePlan): FileSpec[] {
  return [
    privateFile("/etc/cni/net.d/10-groundwork.conflist", cniConfiguration(machine), []),
    file(POD_ROUTES, podRoutes(plan, machine), ["pod-network"]),
    file(POD_NETWORK_SCRIPT, shell("pod-network"), ["pod-network"], { mode: 0o755 }),
    file("/etc/systemd/system/groundwork-pod-network.service", podNetworkUnit(plan), ["pod-network"]),
  ];
}
