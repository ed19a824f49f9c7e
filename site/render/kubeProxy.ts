import { nodeServer } from "../pki/kubeconfigs";
import type { MachinePlan, SitePlan } from "../plan/model";
import { kubernetesImage } from "./images";
import { paths } from "./paths";
import { merged, yaml } from "./yaml";

/** The label of a node that says which Kubernetes it runs. */
export const VERSION_LABEL = "groundwork.local/kubernetes";

const FOLDER = "/var/lib/kube-proxy";
const NAME = "kube-proxy";

/**
 * kube-proxy's configuration on a machine. Its mode is iptables: in nftables mode, with Debian 12's nft 1.0.6, a restarted
 * kube-proxy deletes the rules it has just made.
 */
export function kubeProxyConfiguration(plan: SitePlan): string {
  return yaml(
    merged(
      {
        apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
        kind: "KubeProxyConfiguration",
        clientConnection: { kubeconfig: `${FOLDER}/kubeconfig.conf` },
        mode: "iptables",
        clusterCIDR: plan.spec.network.podCidr,
      },
      plan.spec.kubernetes.kubeProxy,
    ),
  );
}

/**
 * How kube-proxy reaches the API: with the token of its service account, which the API server issues for each pod. There is no
 * kube-proxy certificate to make or to renew (S1).
 */
export function kubeProxyKubeconfig(plan: SitePlan, machine: MachinePlan): string {
  const account = "/var/run/secrets/kubernetes.io/serviceaccount";
  return yaml({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: plan.site,
        cluster: { server: nodeServer(plan, machine), "certificate-authority": `${account}/ca.crt` },
      },
    ],
    users: [{ name: NAME, user: { tokenFile: `${account}/token` } }],
    contexts: [{ name: NAME, context: { cluster: plan.site, user: NAME } }],
    "current-context": NAME,
  });
}

/**
 * kube-proxy as kubeadm installs it, but once for each version of Kubernetes: every node runs that of its own version, whose image
 * its machine holds (D5), and while a site is upgraded there are two of these. The one that no node wants any more is deleted
 * by the check of the site's health.
 */
export function kubeProxyObjects({ spec }: SitePlan): string {
  const { version } = spec.kubernetes;
  const namespace = "kube-system";
  const labels = { "k8s-app": NAME, [VERSION_LABEL]: version };
  return yaml(
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: NAME, namespace } },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "kubeadm:node-proxier" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:node-proxier" },
      subjects: [{ kind: "ServiceAccount", name: NAME, namespace }],
    },
    {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: `${NAME}-${version}`, namespace, labels },
      spec: {
        selector: { matchLabels: labels },
        updateStrategy: { type: "RollingUpdate" },
        template: {
          metadata: { labels },
          spec: {
            priorityClassName: "system-node-critical",
            serviceAccountName: NAME,
            hostNetwork: true,
            nodeSelector: { "kubernetes.io/os": "linux", [VERSION_LABEL]: version },
            tolerations: [{ operator: "Exists" }],
            containers: [
              {
                name: NAME,
                image: kubernetesImage(spec, NAME),
                imagePullPolicy: "IfNotPresent",
                command: [
                  "/usr/local/bin/kube-proxy",
                  `--config=${FOLDER}/config.conf`,
                  "--hostname-override=$(NODE_NAME)",
                ],
                env: [{ name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
                securityContext: { privileged: true },
                volumeMounts: [
                  { name: "configuration", mountPath: FOLDER, readOnly: true },
                  { name: "xtables-lock", mountPath: "/run/xtables.lock" },
                  { name: "lib-modules", mountPath: "/lib/modules", readOnly: true },
                ],
              },
            ],
            volumes: [
              { name: "configuration", hostPath: { path: paths.kubeProxyFolder, type: "Directory" } },
              { name: "xtables-lock", hostPath: { path: "/run/xtables.lock", type: "FileOrCreate" } },
              { name: "lib-modules", hostPath: { path: "/lib/modules" } },
            ],
          },
        },
      },
    },
  );
}
