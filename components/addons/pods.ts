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
