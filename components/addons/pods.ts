/** Pod settings that the site's own add-ons share. */

/** Control planes may run it: a site without workers still has DNS. */
export const controlPlaneToleration = { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" };

/** What a container of ours never needs. */
export const hardenedContainer = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

/** A node that is lost is given up soon: what runs once only is away until then. */
const givenUpSoon = ["not-ready", "unreachable"].map((state) => ({
  key: `node.kubernetes.io/${state}`,
  operator: "Exists",
  effect: "NoExecute",
  tolerationSeconds: 30,
}));

/** Pods that the cluster needs: others make way for them, and control planes may run them. */
export const neededByCluster = {
  priorityClassName: "system-cluster-critical",
  nodeSelector: { "kubernetes.io/os": "linux" },
  tolerations: [controlPlaneToleration],
};

/** One pod at a time, of which two would do harm: on another node soon after its own is lost. */
export const oneAtATime = { replicas: 1, strategy: { type: "Recreate" } };
export const onePodNeededByCluster = { ...neededByCluster, tolerations: [controlPlaneToleration, ...givenUpSoon] };

const podSecurity = (level: "privileged" | "restricted") =>
  Object.fromEntries(["enforce", "audit", "warn"].map((mode) => [`pod-security.kubernetes.io/${mode}`, level]));

/** Labels of a namespace whose pods need of their nodes what no level below this one allows. */
export const privileged = podSecurity("privileged");

/** Labels of a namespace whose pods need nothing of their nodes. */
export const restricted = podSecurity("restricted");

/** Pods of these labels reach the API, and nobody reaches them. */
export function toApi(matchLabels: Record<string, string>) {
  return {
    podSelector: { matchLabels },
    policyTypes: ["Egress"],
    egress: [{ ports: [{ port: 6443, protocol: "TCP" }] }],
  };
}

/** Never two on one node, and over the physical hosts as far as they go (W1). */
export function spreadOverHosts(labels: Record<string, string>) {
  const labelSelector = { matchLabels: labels };
  return {
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "kubernetes.io/hostname", labelSelector }],
      },
    },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "topology.kubernetes.io/zone",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector,
      },
    ],
  };
}
