import { yaml } from "./yaml";

/** Nobody is anonymous (S6), but for the health checks of kubelets and load balancers, which have no identity. */
export function authenticationConfiguration(): string {
  return yaml({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "AuthenticationConfiguration",
    anonymous: { enabled: true, conditions: [{ path: "/livez" }, { path: "/readyz" }, { path: "/healthz" }] },
  });
}
