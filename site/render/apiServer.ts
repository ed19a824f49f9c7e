import { eventLimits } from "../plan/eventLimits";
import type { SitePlan } from "../plan/model";
import { machinesOf } from "../plan/roles";
import { apiServerLimits } from "../plan/sizing";
import { AUDIT_LOG } from "./audit";
import { etcdEndpoints } from "./etcd";
import { paths } from "./paths";
import { TLS_CIPHER_SUITES, TLS_MIN_VERSION } from "./tls";

/** A flag of a control-plane component, in kubeadm v1beta4's form. */
export interface Flag {
  name: string;
  value: string;
}

/** Flags in the order of their names, so that a new one makes a small difference. */
export function flags(values: Record<string, string>): Flag[] {
  return Object.entries(values)
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Flags of the API server beyond kubeadm's own (S5, S6, C2, L9).
 *
 * - There are no bootstrap tokens: every node gets its certificates from the program.
 * - `shutdown-delay-duration` keeps a stopping API server answering until the load balancers have seen its /readyz fail.
 * - `goaway-chance` spreads long-lived connections over the API servers again after one was away.
 */
export function apiServerFlags(plan: SitePlan): Flag[] {
  const events = machinesOf(plan, "events");
  const limits = apiServerLimits(plan);
  const several = machinesOf(plan, "control-plane").length > 1;
  return flags({
    "admission-control-config-file": `${paths.apiServer}/admission.yaml`,
    "audit-log-maxage": String(AUDIT_LOG.days),
    "audit-log-maxbackup": String(AUDIT_LOG.backups),
    "audit-log-maxsize": String(AUDIT_LOG.sizeMiB),
    "audit-log-path": `${paths.audit}/audit.log`,
    "audit-policy-file": `${paths.apiServer}/audit-policy.yaml`,
    "authentication-config": `${paths.apiServer}/authentication.yaml`,
    "enable-admission-plugins": eventLimits(plan) ? "NodeRestriction,EventRateLimit" : "NodeRestriction",
    "enable-bootstrap-token-auth": "false",
    "encryption-provider-config": `${paths.apiServer}/encryption.yaml`,
    ...(events.length > 0 && {
      "etcd-servers-overrides": `/events#${etcdEndpoints(plan, "events").join(";")}`,
    }),
    ...(several && { "goaway-chance": "0.001" }),
    "kubelet-certificate-authority": `${paths.pki}/ca.crt`,
    "max-mutating-requests-inflight": String(limits.maxMutatingRequestsInflight),
    "max-requests-inflight": String(limits.maxRequestsInflight),
    profiling: "false",
    "shutdown-delay-duration": "4s",
    "tls-cipher-suites": TLS_CIPHER_SUITES.join(","),
    "tls-min-version": TLS_MIN_VERSION,
  });
}

/**
 * Flags of the controller manager. A `routed` pod network takes every node's range from the plan. The controllers of bootstrap
 * tokens stay off. 1000 terminated pods are kept at most (CIS 1.3.1).
 */
export function controllerManagerFlags(plan: SitePlan): Flag[] {
  return flags({
    ...(plan.spec.kubernetes.podNetwork.kind === "routed" && { "allocate-node-cidrs": "false" }),
    controllers: "*",
    profiling: "false",
    "terminated-pod-gc-threshold": "1000",
    "tls-cipher-suites": TLS_CIPHER_SUITES.join(","),
    "tls-min-version": TLS_MIN_VERSION,
  });
}

export function schedulerFlags(): Flag[] {
  return flags({
    profiling: "false",
    "tls-cipher-suites": TLS_CIPHER_SUITES.join(","),
    "tls-min-version": TLS_MIN_VERSION,
  });
}
