import { METALLB_NAMESPACE as namespace, SPEAKER_REQUESTS } from "../../../site/description/metalLb";
import { hardenedContainer, oneAtATime, onePodNeededByCluster } from "../pods";

export const labelsOf = (component: string) => ({ app: "metallb", component });
const HEALTH_PORT = 17472;

const probes = (host?: string) => {
  const probe = (path: string) => ({ httpGet: { path, port: HEALTH_PORT, ...(host && { host }) } });
  return {
    readinessProbe: { ...probe("/readyz"), periodSeconds: 3 },
    livenessProbe: { ...probe("/healthz"), initialDelaySeconds: 10, periodSeconds: 20, failureThreshold: 6 },
  };
};

const fromField = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });

/** Gives addresses. There is one at a time: two would give one address twice. New Services wait for it, those that have an address do not. */
export function controllerDeployment(image: string) {
  const labels = labelsOf("controller");
  return {
    metadata: { name: "controller", namespace, labels },
    spec: {
      ...oneAtATime,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: "controller",
          ...onePodNeededByCluster,
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: "controller",
              image,
              imagePullPolicy: "IfNotPresent",
              args: ["--port=0", "--log-level=info", "--webhook-mode=disabled"],
              env: [
                fromField("METALLB_POD_NAME", "metadata.name"),
                fromField("METALLB_NAMESPACE", "metadata.namespace"),
              ],
              resources: { requests: { cpu: "10m", memory: "48Mi" }, limits: { memory: "192Mi" } },
              ...probes(),
              securityContext: { ...hardenedContainer, runAsNonRoot: true, runAsUser: 65534 },
            },
          ],
        },
      },
    },
  };
}

/**
 * Answers for addresses: on every worker, those with taints too, as a Service whose traffic stays on its node is answered for where its
 * pods are. Not on control planes, which load balancers of any kind leave out.
 */
export function speakerDaemonSet(image: string) {
  const labels = labelsOf("speaker");
  const onWorkers = [{ key: "node-role.kubernetes.io/control-plane", operator: "DoesNotExist" }];
  return {
    metadata: { name: "speaker", namespace, labels },
    spec: {
      selector: { matchLabels: labels },
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: "speaker",
          priorityClassName: "system-node-critical",
          hostNetwork: true,
          nodeSelector: { "kubernetes.io/os": "linux" },
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: onWorkers }] },
            },
          },
          tolerations: [{ operator: "Exists" }],
          terminationGracePeriodSeconds: 2,
          containers: [
            {
              name: "speaker",
              image,
              imagePullPolicy: "IfNotPresent",
              args: ["--port=0", "--log-level=info"],
              env: [
                fromField("METALLB_NODE_NAME", "spec.nodeName"),
                fromField("METALLB_POD_NAME", "metadata.name"),
                fromField("METALLB_NAMESPACE", "metadata.namespace"),
                fromField("METALLB_ML_BIND_ADDR", "status.podIP"),
                { name: "METALLB_ML_LABELS", value: "app=metallb,component=speaker" },
                { name: "METALLB_ML_SECRET_KEY_PATH", value: "/etc/ml_secret_key" },
              ],
              ports: [
                { name: "memberlist-tcp", containerPort: 7946, hostPort: 7946, protocol: "TCP" },
                { name: "memberlist-udp", containerPort: 7946, hostPort: 7946, protocol: "UDP" },
              ],
              resources: {
                requests: { cpu: `${SPEAKER_REQUESTS.milliCpus}m`, memory: `${SPEAKER_REQUESTS.memoryMiB}Mi` },
                limits: { memory: "192Mi" },
              },
              ...probes("127.0.0.1"),
              securityContext: {
                ...hardenedContainer,
                runAsUser: 0,
                // ARP is spoken over a raw socket, and nothing else is.
                capabilities: { drop: ["ALL"], add: ["NET_RAW"] },
              },
              volumeMounts: [
                { name: "memberlist", mountPath: "/etc/ml_secret_key", readOnly: true },
                { name: "interfaces", mountPath: "/etc/metallb", readOnly: true },
              ],
            },
          ],
          volumes: [
            { name: "memberlist", secret: { secretName: "memberlist", defaultMode: 0o400 } },
            { name: "interfaces", configMap: { name: "metallb-excludel2" } },
          ],
        },
      },
    },
  };
}
