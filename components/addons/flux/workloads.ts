import { FLUX_APPLIES_AS, FLUX_REQUESTS, FLUX_NAMESPACE as namespace } from "../../../site/description/flux";
import { hardenedContainer, oneAtATime, onePodNeededByCluster } from "../pods";

export const CONTROLLERS = ["source-controller", "kustomize-controller"] as const;
export type Controller = (typeof CONTROLLERS)[number];

export const labelsOf = (controller: Controller) => ({ app: controller });
/** Where source-controller hands out what it has fetched. */
export const ARTIFACTS_PORT = 9090;
const HEALTH_PORT = 9440;
const LIMIT = "512Mi";

const common = ["--watch-all-namespaces=false", "--log-level=info", "--enable-leader-election", "--metrics-addr=0"];

interface Program {
  args: string[];
  /** What is written to, and lost with the pod: name, path and size. */
  folders: readonly [name: string, mountPath: string, sizeLimit: string][];
  env?: { name: string; value: string }[];
  readinessProbe: object;
}

/** Fetches the repository, and hands out what is in it. */
export function sourceDeployment(image: string, domain: string) {
  return deployment("source-controller", image, {
    args: [
      "--concurrent=1",
      "--storage-path=/data",
      `--storage-adv-addr=source-controller.${namespace}.svc.${domain}.`,
    ],
    folders: [
      ["data", "/data", "1Gi"],
      ["tmp", "/tmp", "1Gi"],
    ],
    env: [{ name: "TUF_ROOT", value: "/tmp/.sigstore" }],
    readinessProbe: { httpGet: { path: "/", port: ARTIFACTS_PORT } },
  });
}

/** Applies what is in it, as an account that the description bounds: nothing that lies in the repository chooses another. */
export function kustomizeDeployment(image: string) {
  return deployment("kustomize-controller", image, {
    args: [
      "--concurrent=1",
      `--default-service-account=${FLUX_APPLIES_AS}`,
      "--no-cross-namespace-refs=true",
      "--no-remote-bases=true",
      // It would read every Secret and ConfigMap beside it, to see those that a repository takes values from: none does.
      "--feature-gates=DisableConfigWatchers=true",
    ],
    folders: [["tmp", "/tmp", "1Gi"]],
    readinessProbe: { httpGet: { path: "/readyz", port: HEALTH_PORT } },
  });
}

/** There is one at a time: what one node has fetched, another has not. */
function deployment(name: Controller, image: string, { args, folders, env = [], readinessProbe }: Program) {
  const labels = labelsOf(name);
  return {
    metadata: { name, namespace, labels },
    spec: {
      ...oneAtATime,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: true,
          ...onePodNeededByCluster,
          terminationGracePeriodSeconds: 10,
          containers: [
            {
              name: "manager",
              image,
              imagePullPolicy: "IfNotPresent",
              args: [...common, ...args],
              env: [
                { name: "RUNTIME_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
                {
                  name: "GOMEMLIMIT",
                  valueFrom: { resourceFieldRef: { containerName: "manager", resource: "limits.memory" } },
                },
                ...env,
              ],
              resources: {
                requests: { cpu: `${FLUX_REQUESTS.milliCpus}m`, memory: `${FLUX_REQUESTS.memoryMiB}Mi` },
                limits: { memory: LIMIT },
              },
              readinessProbe: { ...readinessProbe, periodSeconds: 5 },
              livenessProbe: {
                httpGet: { path: "/healthz", port: HEALTH_PORT },
                initialDelaySeconds: 10,
                periodSeconds: 20,
                failureThreshold: 6,
              },
              securityContext: { ...hardenedContainer, runAsNonRoot: true, runAsUser: 65534 },
              volumeMounts: folders.map(([folder, mountPath]) => ({ name: folder, mountPath })),
            },
          ],
          volumes: folders.map(([folder, , sizeLimit]) => ({ name: folder, emptyDir: { sizeLimit } })),
        },
      },
    },
  };
}

/** Where kustomize-controller asks source-controller. */
export function sourceService() {
  const labels = labelsOf("source-controller");
  return {
    metadata: {
      name: "source-controller",
      namespace,
      labels,
      // The controller may start after its Service exists; the Service is complete without endpoints.
      annotations: { "pulumi.com/skipAwait": "true" },
    },
    spec: { selector: labels, ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: ARTIFACTS_PORT }] },
  };
}
