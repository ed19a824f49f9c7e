import { createHash } from "node:crypto";
import type { SitePlan } from "../plan/model";
import { kubeRouterImage } from "./images";
import { paths } from "./paths";
import { shell } from "./shell";
import { yaml } from "./yaml";

const NAME = "kube-router";
const NAMESPACE = "kube-system";
const LABELS = { "k8s-app": NAME };
/** What tells these from one that somebody installed. */
const OURS = { ...LABELS, "app.kubernetes.io/managed-by": "groundwork" };
const FOLDER = "/var/lib/kube-proxy";
/** Where it says whether it is well. */
const HEALTH_PORT = 20244;
/** Where its container finds the programs that come before those of its image. */
const PROGRAMS = "/groundwork";
const IMAGE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * kube-router on every node, as nothing but what enforces NetworkPolicy: it routes nothing and stands for no Service. It comes with the
 * nodes, as kube-proxy does, and asks the API in the same way: a node that starts needs no Service for it. It looks at what it watches and
 * changes nothing in the cluster; on its node it may set packet filters, and nothing else that root may.
 */
export function kubeRouterObjects({ spec }: SitePlan): string {
  const restore = shell("own-filters");
  const rule = (apiGroup: string, ...resources: string[]) => ({
    apiGroups: [apiGroup],
    resources,
    verbs: ["get", "list", "watch"],
  });
  return yaml(
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: NAME, namespace: NAMESPACE, labels: OURS } },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: `system:${NAME}`, labels: OURS },
      // It waits until it has read all of these, those of the parts that are off too.
      rules: [
        rule("", "endpoints", "namespaces", "nodes", "pods", "services"),
        rule("discovery.k8s.io", "endpointslices"),
        rule("networking.k8s.io", "networkpolicies"),
      ],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: `system:${NAME}`, labels: OURS },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: `system:${NAME}` },
      subjects: [{ kind: "ServiceAccount", name: NAME, namespace: NAMESPACE }],
    },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: NAME, namespace: NAMESPACE, labels: OURS },
      data: { "iptables-restore": restore },
    },
    {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: NAME, namespace: NAMESPACE, labels: OURS },
      spec: {
        selector: { matchLabels: LABELS },
        updateStrategy: { type: "RollingUpdate" },
        template: {
          // Its pods are made anew with what they run.
          metadata: {
            labels: OURS,
            annotations: { "groundwork.local/programs": createHash("sha256").update(restore).digest("hex") },
          },
          spec: {
            priorityClassName: "system-node-critical",
            serviceAccountName: NAME,
            hostNetwork: true,
            nodeSelector: { "kubernetes.io/os": "linux" },
            tolerations: [{ operator: "Exists" }],
            containers: [container(spec.network.serviceCidr, kubeRouterImage(spec))],
            volumes: [
              { name: "access", hostPath: { path: paths.kubeProxyFolder, type: "Directory" } },
              { name: "programs", configMap: { name: NAME, defaultMode: 0o555 } },
            ],
          },
        },
      },
    },
  );
}

function container(serviceCidr: string, image: string): object {
  const healthz = { httpGet: { host: "127.0.0.1", path: "/healthz", port: HEALTH_PORT } };
  return {
    name: NAME,
    image,
    imagePullPolicy: "IfNotPresent",
    command: [`/usr/local/bin/${NAME}`],
    args: [
      "--run-firewall=true",
      "--run-router=false",
      "--run-service-proxy=false",
      "--run-loadbalancer=false",
      `--kubeconfig=${FOLDER}/kubeconfig.conf`,
      "--hostname-override=$(NODE_NAME)",
      `--service-cluster-ip-range=${serviceCidr}`,
      `--health-port=${HEALTH_PORT}`,
    ],
    env: [
      { name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
      { name: "PATH", value: `${PROGRAMS}:${IMAGE_PATH}` },
    ],
    resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "256Mi" } },
    readinessProbe: { ...healthz, periodSeconds: 2 },
    livenessProbe: { ...healthz, initialDelaySeconds: 10, periodSeconds: 20, failureThreshold: 6 },
    securityContext: {
      runAsUser: 0,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      // NET_RAW is for iptables, which asks the kernel about sets of addresses by a raw socket.
      capabilities: { drop: ["ALL"], add: ["NET_ADMIN", "NET_RAW"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
    volumeMounts: [
      { name: "access", mountPath: FOLDER, readOnly: true },
      { name: "programs", mountPath: PROGRAMS, readOnly: true },
    ],
  };
}
