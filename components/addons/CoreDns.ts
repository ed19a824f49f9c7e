import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget";
import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import * as pulumi from "@pulumi/pulumi";
import { controlPlaneToleration, hardenedContainer, spreadOverHosts } from "./pods";

export interface CoreDnsArgs {
  image: string;
  /** Nodes of the cluster: how many replicas it needs. */
  nodes: number;
  /** CPUs of all nodes together. */
  cpus: number;
  /** The tenth address of the service range, which every kubelet hands to its pods. */
  clusterIp: string;
  /** The cluster's DNS domain. */
  domain: string;
  /** Where other names are asked; the node's own nameservers if empty. */
  nameservers: string[];
}

const labels = { "k8s-app": "kube-dns" };
const namespace = "kube-system";

/** Cluster DNS, with as many replicas as the cluster's size asks for, on different nodes (C6). */
export class CoreDns extends pulumi.ComponentResource {
  readonly deployment: Deployment;

  constructor(name: string, args: CoreDnsArgs, opts: pulumi.ComponentResourceOptions) {
    super("groundwork:index:CoreDns", name, {}, opts);
    const child = { parent: this };
    const replicas = coreDnsReplicas(args.nodes, args.cpus);
    const account = new ServiceAccount(`${name}-account`, { metadata: { name: "coredns", namespace } }, child);
    const role = new ClusterRole(
      `${name}-role`,
      {
        metadata: { name: "system:coredns" },
        rules: [
          { apiGroups: [""], resources: ["services", "pods", "namespaces"], verbs: ["list", "watch"] },
          { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
        ],
      },
      child,
    );
    const binding = new ClusterRoleBinding(
      `${name}-binding`,
      {
        metadata: { name: "system:coredns" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:coredns" },
        subjects: [{ kind: "ServiceAccount", name: "coredns", namespace }],
      },
      child,
    );
    const config = new ConfigMap(
      `${name}-config`,
      { metadata: { name: "coredns", namespace }, data: { Corefile: corefile(args) } },
      child,
    );
    const service = new Service(
      `${name}-service`,
      {
        metadata: {
          name: "kube-dns",
          namespace,
          labels: { ...labels, "kubernetes.io/cluster-service": "true", "kubernetes.io/name": "CoreDNS" },
          // CoreDNS may start after its service exists; the service is complete without endpoints.
          annotations: { "pulumi.com/skipAwait": "true" },
        },
        spec: {
          clusterIP: args.clusterIp,
          selector: labels,
          ports: [
            { name: "dns", port: 53, protocol: "UDP", targetPort: "dns" },
            { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: "dns-tcp" },
            { name: "metrics", port: 9153, protocol: "TCP", targetPort: "metrics" },
          ],
        },
      },
      child,
    );
    if (replicas > 1) {
      new PodDisruptionBudget(
        `${name}-budget`,
        {
          metadata: { name: "coredns", namespace },
          spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
        },
        child,
      );
    }
    this.deployment = new Deployment(`${name}-deployment`, deployment(args.image, replicas), {
      ...child,
      dependsOn: [account, role, binding, config, service],
    });
    this.registerOutputs({ replicas });
  }
}

/** Two at least, one for every 16 nodes or 256 CPUs, never more than there are nodes. */
export function coreDnsReplicas(nodes: number, cpus: number): number {
  return Math.min(nodes, Math.max(2, Math.ceil(nodes / 16), Math.ceil(cpus / 256)));
}

function corefile({ domain, nameservers }: CoreDnsArgs): string {
  return `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes ${domain} in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . ${nameservers.length > 0 ? nameservers.join(" ") : "/etc/resolv.conf"} {
       max_concurrent 1000
    }
    cache 30
    loop
    reload
    loadbalance
}
`;
}

function deployment(image: string, replicas: number) {
  return {
    metadata: { name: "coredns", namespace, labels },
    spec: {
      replicas,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: "coredns",
          priorityClassName: "system-cluster-critical",
          dnsPolicy: "Default",
          nodeSelector: { "kubernetes.io/os": "linux" },
          tolerations: [{ key: "CriticalAddonsOnly", operator: "Exists" }, controlPlaneToleration],
          ...spreadOverHosts(labels),
          containers: [
            {
              name: "coredns",
              image,
              imagePullPolicy: "IfNotPresent",
              args: ["-conf", "/etc/coredns/Corefile"],
              resources: { limits: { memory: "170Mi" }, requests: { cpu: "100m", memory: "70Mi" } },
              ports: [
                { name: "dns", containerPort: 53, protocol: "UDP" },
                { name: "dns-tcp", containerPort: 53, protocol: "TCP" },
                { name: "metrics", containerPort: 9153, protocol: "TCP" },
              ],
              livenessProbe: {
                httpGet: { path: "/health", port: 8080, scheme: "HTTP" },
                initialDelaySeconds: 60,
                timeoutSeconds: 5,
                failureThreshold: 5,
              },
              readinessProbe: { httpGet: { path: "/ready", port: 8181, scheme: "HTTP" }, periodSeconds: 3 },
              securityContext: {
                ...hardenedContainer,
                // The user of the upstream image; port 53 is open to it by the capability, or by the runtime.
                runAsNonRoot: true,
                runAsUser: 65532,
                capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] },
              },
              volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
            },
          ],
          volumes: [{ name: "config", configMap: { name: "coredns", items: [{ key: "Corefile", path: "Corefile" }] } }],
        },
      },
    },
  };
}
