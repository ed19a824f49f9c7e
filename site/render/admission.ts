import { eventLimits } from "../plan/eventLimits";
import type { SitePlan } from "../plan/model";
import { paths } from "./paths";
import { yaml } from "./yaml";

/**
 * Pod Security at `baseline` unless a namespace says otherwise, with warnings for what `restricted` would refuse; `kube-system`
 * runs the network and the proxy. Events are limited unless the owner leaves them be (S6).
 */
export function admissionConfiguration(plan: SitePlan): string {
  return yaml({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "AdmissionConfiguration",
    plugins: [
      {
        name: "PodSecurity",
        configuration: {
          apiVersion: "pod-security.admission.config.k8s.io/v1",
          kind: "PodSecurityConfiguration",
          defaults: {
            enforce: "baseline",
            "enforce-version": "latest",
            audit: "restricted",
            "audit-version": "latest",
            warn: "restricted",
            "warn-version": "latest",
          },
          exemptions: { usernames: [], runtimeClasses: [], namespaces: ["kube-system"] },
        },
      },
      ...(eventLimits(plan) ? [{ name: "EventRateLimit", path: `${paths.apiServer}/event-rate-limit.yaml` }] : []),
    ],
  });
}

/** How many users and namespaces each have a count of their own; beyond that the one that wrote longest ago begins anew. */
const COUNTS = 8192;

/** The configuration of EventRateLimit, which is alpha in every version so far; nothing where events are not limited. */
export function eventRateLimit(plan: SitePlan): string | undefined {
  const limits = eventLimits(plan);
  if (limits === undefined) return undefined;
  const { server, namespace, user, sourceAndObject } = limits;
  return yaml({
    apiVersion: "eventratelimit.admission.k8s.io/v1alpha1",
    kind: "Configuration",
    limits: [
      { type: "Server", qps: server.perSecond, burst: server.burst },
      { type: "Namespace", qps: namespace.perSecond, burst: namespace.burst, cacheSize: COUNTS },
      { type: "User", qps: user.perSecond, burst: user.burst, cacheSize: COUNTS },
      { type: "SourceAndObject", qps: sourceAndObject.perSecond, burst: sourceAndObject.burst, cacheSize: COUNTS },
    ],
  });
}
