import { createHash } from "node:crypto";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import type { SiteSpec } from "../../site/description/spec";
import { hardenedContainer, neededByCluster, oneAtATime } from "./pods";

export type DeschedulerSettings = SiteSpec["addons"]["descheduler"];

export interface DeschedulerArgs {
  image: string;
  settings: DeschedulerSettings;
}

const labels = { "k8s-app": "descheduler" };
const namespace = "kube-system";
const name = "descheduler";

/**
 * Evicts pods that the scheduler would put elsewhere now, so that workloads are spread again after a host is back (W2). It asks
 * for evictions as everybody does: PodDisruptionBudgets hold.
 */
export class Descheduler extends pulumi.ComponentResource {
  readonly deployment: Deployment;

  constructor(componentName: string, args: DeschedulerArgs, opts: pulumi.ComponentResourceOptions) {
    super("groundwork:index:Descheduler", componentName, {}, opts);
    const child = { parent: this };
    const named = (suffix: string) => `${componentName}-${suffix}`;
    const policy = deschedulerPolicy(args.settings);
    const configuration = new ConfigMap(
      named("policy"),
      { metadata: { name, namespace, labels }, data: { "policy.yaml": policy } },
      child,
    );
    const access = this.access(named);
    this.deployment = new Deployment(named("deployment"), deployment(args, policy), {
      ...child,
      dependsOn: [...access, configuration],
    });
    this.registerOutputs({});
  }

  /** Least privilege: see nodes and pods, ask for evictions. */
  private access(named: (suffix: string) => string): pulumi.Resource[] {
    const child = { parent: this };
    const rule = (apiGroups: string[], resources: string[], verbs: string[]) => ({ apiGroups, resources, verbs });
    const read = ["get", "list", "watch"];
    const role = "system:descheduler";
    return [
      new ServiceAccount(named("account"), { metadata: { name, namespace } }, child),
      new ClusterRole(
        named("role"),
        {
          metadata: { name: role },
          rules: [
            rule([""], ["nodes", "namespaces", "pods", "persistentvolumeclaims"], read),
            rule(["scheduling.k8s.io"], ["priorityclasses"], read),
            rule(["policy"], ["poddisruptionbudgets"], read),
            rule([""], ["pods/eviction"], ["create"]),
            rule(["events.k8s.io"], ["events"], ["create", "update"]),
          ],
        },
        child,
      ),
      new ClusterRoleBinding(
        named("binding"),
        {
          metadata: { name: role },
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
          subjects: [{ kind: "ServiceAccount", name, namespace }],
        },
        child,
      ),
    ];
  }
}

/**
 * What is moved: copies of one workload that share a node, pods that break their topology spread, and pods of full nodes while
 * others idle. Never a pod that would not fit elsewhere, the only copy of something, or one with data on its node.
 */
export function deschedulerPolicy(settings: DeschedulerSettings): string {
  const { evictionsPerNode, lowUtilization: low, highUtilization: high } = settings;
  const each = (percent: number) => ({ cpu: percent, memory: percent, pods: percent });
  return stringify({
    apiVersion: "descheduler/v1alpha2",
    kind: "DeschedulerPolicy",
    maxNoOfPodsToEvictPerNode: evictionsPerNode,
    profiles: [
      {
        name: "rebalance",
        pluginConfig: [
          {
            name: "DefaultEvictor",
            args: { nodeFit: true, minReplicas: 2, podProtections: { extraEnabled: ["PodsWithPVC"] } },
          },
          { name: "RemoveDuplicates" },
          {
            name: "RemovePodsViolatingTopologySpreadConstraint",
            args: { constraints: ["DoNotSchedule", "ScheduleAnyway"] },
          },
          { name: "LowNodeUtilization", args: { thresholds: each(low), targetThresholds: each(high) } },
        ],
        plugins: {
          balance: {
            enabled: ["RemoveDuplicates", "RemovePodsViolatingTopologySpreadConstraint", "LowNodeUtilization"],
          },
        },
      },
    ],
  });
}

function deployment({ image, settings }: DeschedulerArgs, policy: string) {
  const digest = createHash("sha256").update(policy).digest("hex");
  const probe = { httpGet: { path: "/healthz", port: "https", scheme: "HTTPS" } };
  return {
    metadata: { name, namespace, labels },
    spec: {
      ...oneAtATime,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { "groundwork.local/policy": digest } },
        spec: {
          serviceAccountName: name,
          ...neededByCluster,
          containers: [
            {
              name,
              image,
              imagePullPolicy: "IfNotPresent",
              command: ["/bin/descheduler"],
              args: [
                "--policy-config-file=/policy/policy.yaml",
                `--descheduling-interval=${settings.intervalSeconds}s`,
                "--tls-min-version=VersionTLS12",
                "--v=2",
              ],
              ports: [{ name: "https", containerPort: 10258, protocol: "TCP" }],
              resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "256Mi" } },
              readinessProbe: { ...probe, periodSeconds: 5 },
              livenessProbe: { ...probe, initialDelaySeconds: 10, periodSeconds: 20, failureThreshold: 6 },
              securityContext: { ...hardenedContainer, runAsNonRoot: true, runAsUser: 1000 },
              volumeMounts: [{ name: "policy", mountPath: "/policy", readOnly: true }],
            },
          ],
          volumes: [{ name: "policy", configMap: { name } }],
        },
      },
    },
  };
}
