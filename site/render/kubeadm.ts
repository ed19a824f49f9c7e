import { posix } from "node:path";
import { type Kms, kmsOf } from "../description/kms";
import { kubernetesMinor } from "../description/versions";
import type { MachinePlan, SitePlan } from "../plan/model";
import { machinesOf } from "../plan/roles";
import { apiServerFlags, controllerManagerFlags, schedulerFlags } from "./apiServer";
import { etcdEndpoints } from "./etcd";
import { CONTROL_PLANE_TAINT, kubeletConfiguration, nodeTaints } from "./kubelet";
import { paths } from "./paths";
import { yaml } from "./yaml";

/**
 * What `kubeadm init` leaves to the program: certificates and kubeconfigs come from the plan (external CA mode), the kubelet
 * is running already, there are no bootstrap tokens and nothing to join by hand, DNS is an add-on of its own, and kube-proxy is
 * one for each version of Kubernetes.
 */
const SKIPPED = [
  "certs",
  "kubeconfig",
  "etcd",
  "kubelet-start",
  "upload-certs",
  "bootstrap-token",
  "kubelet-finalize",
  "addon",
  "show-join-command",
];

/** The kubelet is started first, so its port is taken when kubeadm looks. */
const EXPECTED = ["Port-10250"];

/** The configuration of a control plane, the same on each but for its name and address (S5, S6). */
export function kubeadmConfiguration(plan: SitePlan, machine: MachinePlan): string {
  return yaml(
    {
      apiVersion: apiVersion(plan),
      kind: "InitConfiguration",
      localAPIEndpoint: { advertiseAddress: machine.address, bindPort: 6443 },
      nodeRegistration: {
        ...nodeRegistration(machine),
        taints: [CONTROL_PLANE_TAINT],
        ignorePreflightErrors: ignored(plan, EXPECTED),
      },
      patches: { directory: paths.patches },
      skipPhases: SKIPPED,
    },
    clusterConfiguration(plan),
    kubeletConfiguration(plan),
  );
}

/**
 * The configuration of a worker, for kubeadm's preflight checks. Discovery is by the node's own certificate: the kubeconfig
 * of the kubelet is there before the node joins.
 */
export function kubeadmJoinConfiguration(plan: SitePlan, machine: MachinePlan): string {
  return yaml({
    apiVersion: apiVersion(plan),
    kind: "JoinConfiguration",
    caCertPath: `${paths.pki}/ca.crt`,
    discovery: { file: { kubeConfigPath: "/etc/kubernetes/kubelet.conf" } },
    nodeRegistration: {
      ...nodeRegistration(machine),
      taints: nodeTaints(plan, machine),
      ignorePreflightErrors: ignored(plan, [
        "FileAvailable--etc-kubernetes-kubelet.conf",
        "FileAvailable--etc-kubernetes-pki-ca.crt",
      ]),
    },
  });
}

function apiVersion({ spec }: SitePlan): string {
  return kubernetesMinor(spec.kubernetes.version).kubeadmApi;
}

function nodeRegistration(machine: MachinePlan) {
  return { name: machine.name, criSocket: paths.criSocket, imagePullPolicy: "IfNotPresent" };
}

function ignored(plan: SitePlan, expected: string[]): string[] {
  const asked = plan.spec.kubernetes.ignorePreflightErrors;
  // kubeadm refuses all beside any other.
  if (asked.some((check) => check.toLowerCase() === "all")) return ["all"];
  return [...new Set([...expected, ...asked])].sort();
}

function clusterConfiguration(plan: SitePlan): object {
  const { kubernetes, network } = plan.spec;
  const kms = kmsOf(plan.spec);
  return {
    apiVersion: apiVersion(plan),
    kind: "ClusterConfiguration",
    clusterName: plan.site,
    kubernetesVersion: `v${kubernetes.version}`,
    controlPlaneEndpoint: `${plan.endpoint.host}:${plan.endpoint.port}`,
    ...(kubernetes.imageRepository && { imageRepository: kubernetes.imageRepository }),
    certificatesDir: paths.pki,
    encryptionAlgorithm: "ECDSA-P256",
    networking: { serviceSubnet: network.serviceCidr, podSubnet: network.podCidr, dnsDomain: network.domain },
    etcd: {
      external: {
        endpoints: etcdEndpoints(plan, "etcd"),
        caFile: `${paths.pki}/etcd/ca.crt`,
        certFile: `${paths.pki}/apiserver-etcd-client.crt`,
        keyFile: `${paths.pki}/apiserver-etcd-client.key`,
      },
    },
    apiServer: {
      certSANs: machinesOf(plan, "control-plane").map((m) => m.address),
      extraArgs: apiServerFlags(plan),
      extraVolumes: [
        { name: "configuration", hostPath: paths.apiServer, mountPath: paths.apiServer, readOnly: true },
        {
          name: "audit",
          hostPath: paths.audit,
          mountPath: paths.audit,
          readOnly: false,
          pathType: "DirectoryOrCreate",
        },
        ...(kms ? [pluginFolder(kms)] : []),
      ],
    },
    controllerManager: { extraArgs: controllerManagerFlags(plan) },
    scheduler: { extraArgs: schedulerFlags() },
    dns: { disabled: true },
  };
}

/** The folder and not the socket, which a plugin makes anew when it starts. It may come later than the API server. */
function pluginFolder({ socket }: Kms): object {
  const folder = posix.dirname(socket);
  return { name: "kms", hostPath: folder, mountPath: folder, readOnly: true, pathType: "DirectoryOrCreate" };
}
