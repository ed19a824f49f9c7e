import { APIService } from "@pulumi/kubernetes/apiregistration/v1/apiservice";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget";
import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import * as pulumi from "@pulumi/pulumi";
import { hardenedContainer, neededByCluster, spreadOverHosts } from "./pods";

export interface MetricsServerArgs {
  image: string;
  nodes: number;
  /** Serving certificate for `metrics-server.kube-system.svc`, its key, and the CA that signed it. */
  certificate: { certPem: pulumi.Input<string>; keyPem: pulumi.Input<string>; caPem: pulumi.Input<string> };
}

const labels = { "k8s-app": "metrics-server" };
const namespace = "kube-system";
const name = "metrics-server";

/** The metrics API (C6). TLS is verified on both sides: to the kubelets by the cluster CA, to the API server by its caBundle. */
export class MetricsServer extends pulumi.ComponentResource {
  readonly deployment: Deployment;

  constructor(componentName: string, args: MetricsServerArgs, opts: pulumi.ComponentResourceOptions) {
    super("groundwork:index:MetricsServer", componentName, {}, opts);
    const child = { parent: this };
    const replicas = Math.min(2, args.nodes);
    const named = (suffix: string) => `${componentName}-${suffix}`;
    const access = this.access(named);
    const certificate = new Secret(
      named("certificate"),
      {
        metadata: { name: "metrics-server-tls", namespace },
        type: "kubernetes.io/tls",
        data: {
          "tls.crt": pulumi.output(args.certificate.certPem).apply(base64),
          "tls.key": pulumi.secret(args.certificate.keyPem).apply(base64),
        },
      },
      child,
    );
    const service = new Service(
      named("service"),
      {
        metadata: { name, namespace, labels, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: { selector: labels, ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: "https" }] },
      },
      child,
    );
    if (replicas > 1) {
      new PodDisruptionBudget(
        named("budget"),
        { metadata: { name, namespace }, spec: { maxUnavailable: 1, selector: { matchLabels: labels } } },
        child,
      );
    }
    this.deployment = new Deployment(named("deployment"), deployment(args.image, replicas), {
      ...child,
      dependsOn: [...access, certificate, service],
    });
    new APIService(
      named("api"),
      {
        metadata: { name: "v1beta1.metrics.k8s.io", labels },
        spec: {
          group: "metrics.k8s.io",
          version: "v1beta1",
          groupPriorityMinimum: 100,
          versionPriority: 100,
          service: { name, namespace },
          caBundle: pulumi.output(args.certificate.caPem).apply(base64),
        },
      },
      { ...child, dependsOn: [this.deployment] },
    );
    this.registerOutputs({ replicas });
  }

  /** Least privilege: read nodes, pods and the kubelets' metrics; have callers checked by the API server. */
  private access(named: (suffix: string) => string): pulumi.Resource[] {
    const child = { parent: this };
    const subjects = [{ kind: "ServiceAccount", name, namespace }];
    const clusterRole = (role: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role });
    const rule = (apiGroups: string[], resources: string[], verbs: string[]) => ({ apiGroups, resources, verbs });
    return [
      new ServiceAccount(named("account"), { metadata: { name, namespace } }, child),
      new ClusterRole(
        named("reader"),
        {
          metadata: {
            name: "system:aggregated-metrics-reader",
            labels: {
              "rbac.authorization.k8s.io/aggregate-to-admin": "true",
              "rbac.authorization.k8s.io/aggregate-to-edit": "true",
              "rbac.authorization.k8s.io/aggregate-to-view": "true",
            },
          },
          rules: [rule(["metrics.k8s.io"], ["pods", "nodes"], ["get", "list", "watch"])],
        },
        child,
      ),
      new ClusterRole(
        named("role"),
        {
          metadata: { name: "system:metrics-server" },
          rules: [rule([""], ["nodes/metrics"], ["get"]), rule([""], ["pods", "nodes"], ["get", "list", "watch"])],
        },
        child,
      ),
      new ClusterRoleBinding(
        named("binding"),
        { metadata: { name: "system:metrics-server" }, roleRef: clusterRole("system:metrics-server"), subjects },
        child,
      ),
      new ClusterRoleBinding(
        named("delegator"),
        {
          metadata: { name: "metrics-server:system:auth-delegator" },
          roleRef: clusterRole("system:auth-delegator"),
          subjects,
        },
        child,
      ),
      new RoleBinding(
        named("authentication"),
        {
          metadata: { name: "metrics-server-auth-reader", namespace },
          roleRef: {
            apiGroup: "rbac.authorization.k8s.io",
            kind: "Role",
            name: "extension-apiserver-authentication-reader",
          },
          subjects,
        },
        child,
      ),
    ];
  }
}

function deployment(image: string, replicas: number) {
  const probe = (path: string, seconds: { initialDelaySeconds?: number; periodSeconds: number }) => ({
    httpGet: { path, port: "https", scheme: "HTTPS" },
    ...seconds,
    failureThreshold: 6,
  });
  return {
    metadata: { name, namespace, labels },
    spec: {
      replicas,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          ...neededByCluster,
          ...spreadOverHosts(labels),
          containers: [
            {
              name,
              image,
              imagePullPolicy: "IfNotPresent",
              args: [
                "--secure-port=10250",
                "--tls-cert-file=/etc/metrics-server/tls/tls.crt",
                "--tls-private-key-file=/etc/metrics-server/tls/tls.key",
                "--tls-min-version=VersionTLS12",
                "--kubelet-certificate-authority=/etc/metrics-server/cluster-ca/ca.crt",
                "--kubelet-preferred-address-types=InternalIP,Hostname",
                "--kubelet-use-node-status-port",
                "--metric-resolution=15s",
              ],
              ports: [{ name: "https", containerPort: 10250, protocol: "TCP" }],
              resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "256Mi" } },
              livenessProbe: probe("/livez", { initialDelaySeconds: 30, periodSeconds: 5 }),
              // It is ready with its second reading, and an `up` waits for that.
              readinessProbe: probe("/readyz", { periodSeconds: 2 }),
              securityContext: { ...hardenedContainer, runAsNonRoot: true, runAsUser: 1000 },
              volumeMounts: [
                { name: "tls", mountPath: "/etc/metrics-server/tls", readOnly: true },
                { name: "cluster-ca", mountPath: "/etc/metrics-server/cluster-ca", readOnly: true },
              ],
            },
          ],
          securityContext: { fsGroup: 1000 },
          volumes: [
            { name: "tls", secret: { secretName: "metrics-server-tls", defaultMode: 0o440 } },
            // Every namespace has the cluster CA in this map, kept by the controller manager.
            { name: "cluster-ca", configMap: { name: "kube-root-ca.crt" } },
          ],
        },
      },
    },
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
