import { paths } from "./paths";
import { yaml } from "./yaml";

/**
 * Pod Security at `baseline` unless a namespace says otherwise, with warnings for what `restricted` would refuse; `kube-system`
 * runs the network and the proxy. Events are limited in all, per namespace and per source, so that a storm cannot fill etcd (S6).
 */
export function admissionConfiguration(): string {
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
      { name: "EventRateLimit", path: `${paths.apiServer}/event-rate-limit.yaml` },
    ],
  });
}

export function eventRateLimit(): string {
  return yaml({
    apiVersion: "eventratelimit.admission.k8s.io/v1alpha1",
    kind: "Configuration",
    limits: [
      { type: "Server", qps: 500, burst: 5000 },
      { type: "Namespace", qps: 50, burst: 500, cacheSize: 2000 },
      { type: "SourceAndObject", qps: 10, burst: 50, cacheSize: 5000 },
    ],
  });
}
