import { AGNHOST } from "../../../image/programs/upstream";

/** What is beside the container in the template of a pod. */
type PodSpec = Record<string, unknown>;

/**
 * Manifests of a web server that runs several times, of which one at most may be taken away at once: in a namespace of its own, under
 * the label `app: NAME`. It answers as agnhost's netexec does, on port 8080.
 *
 * @param memory what each pod asks for
 */
export function replicated(
  name: string,
  namespace: string,
  replicas: number,
  pod: PodSpec,
  memory = "16Mi",
): { apiVersion: string; kind: string; items: object[] } {
  const labels = { app: name };
  const metadata = { name, namespace };
  const container = {
    name,
    image: `registry.k8s.io/${AGNHOST}`,
    args: ["netexec", "--http-port=8080"],
    readinessProbe: { httpGet: { path: "/", port: 8080 }, periodSeconds: 1 },
    resources: { requests: { cpu: "10m", memory } },
  };
  return {
    apiVersion: "v1",
    kind: "List",
    items: [
      { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
      {
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata,
        spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
      },
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata,
        spec: {
          replicas,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [container], ...pod } },
        },
      },
    ],
  };
}

/** A web server as above that meets the level `restricted`, without a namespace of its own. */
export function restrictedWeb(name: string, namespace: string, replicas: number): object {
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name,
              image: `registry.k8s.io/${AGNHOST}`,
              args: ["netexec", "--http-port=8080", "--udp-port=-1"],
              readinessProbe: { httpGet: { path: "/", port: 8080 }, periodSeconds: 1 },
              resources: { requests: { cpu: "10m", memory: "16Mi" } },
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ["ALL"] },
                runAsNonRoot: true,
                runAsUser: 65534,
                seccompProfile: { type: "RuntimeDefault" },
              },
            },
          ],
        },
      },
    },
  };
}
