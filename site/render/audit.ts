import type { SitePlan } from "../plan/model";
import { yaml } from "./yaml";

/** How much of the log an API server keeps: the file that it writes, so many before it, and none for longer than that (CIS 1.2.17 to 1.2.19). */
export const AUDIT_LOG = { days: 30, backups: 10, sizeMiB: 100 } as const;

const core = (...resources: string[]) => [{ group: "", resources }];

/** Whose certificates may do everything: the stack's kubeconfig, and those on control planes. */
const ADMINISTRATORS = ["groundwork:operator", "kubernetes-admin", "kubernetes-super-admin"];

/**
 * The audit policy (S6). Bodies of secrets, config maps and tokens are never logged; reads by the cluster's own components and
 * health checks are noise; changes are logged with what was asked; everything else with who did what. Where people have a way in of their own (S11), whatever is done
 * with an administrator's certificate is on record, looks too.
 */
export function auditPolicy({ spec }: SitePlan): string {
  const reads = ["get", "list", "watch"];
  return yaml({
    apiVersion: "audit.k8s.io/v1",
    kind: "Policy",
    omitStages: ["RequestReceived"],
    rules: [
      ...(spec.access ? [{ level: "Metadata", users: ADMINISTRATORS, verbs: reads }] : []),
      { level: "None", nonResourceURLs: ["/healthz*", "/livez*", "/readyz*", "/version", "/openapi/*"] },
      { level: "None", resources: [...core("events"), { group: "events.k8s.io", resources: ["events"] }] },
      { level: "None", resources: [{ group: "coordination.k8s.io", resources: ["leases"] }] },
      {
        level: "None",
        users: [
          "system:apiserver",
          "system:kube-controller-manager",
          "system:kube-scheduler",
          "system:serviceaccount:kube-system:kube-proxy",
        ],
        verbs: reads,
      },
      { level: "None", userGroups: ["system:nodes"], verbs: reads },
      {
        level: "None",
        userGroups: ["system:nodes"],
        verbs: ["update", "patch"],
        resources: core("nodes/status", "pods/status"),
      },
      { level: "None", userGroups: ["system:serviceaccounts:kube-system"], verbs: reads },
      {
        level: "Metadata",
        resources: [
          ...core("secrets", "configmaps", "serviceaccounts/token"),
          { group: "authentication.k8s.io", resources: ["tokenreviews"] },
        ],
      },
      { level: "Metadata", verbs: reads },
      { level: "Request", verbs: ["create", "update", "patch", "delete", "deletecollection"] },
      { level: "Metadata" },
    ],
  });
}
