import { createHash } from "node:crypto";
import { VOLUMES_NAMESPACE as namespace, PROVISIONER_REQUESTS } from "../../../site/description/localVolumes";
import { hardenedContainer, oneAtATime, onePodNeededByCluster } from "../pods";
import { ACCOUNT } from "./access";
import type { Settings } from "./settings";

export const name = "local-path-provisioner";
export const labels = { app: name };
/** The ConfigMap, and where it is mounted. */
export const CONFIGURATION = "local-path-config";
const FOLDER = "/etc/config";

/** Gives claims their volumes. There is one at a time, which knows of no other: two would make one volume twice. */
export function provisionerDeployment(image: string, settings: Settings) {
  const digest = createHash("sha256").update(JSON.stringify(settings)).digest("hex");
  return {
    metadata: { name, namespace, labels },
    spec: {
      ...oneAtATime,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { "groundwork.local/settings": digest } },
        spec: {
          serviceAccountName: ACCOUNT,
          automountServiceAccountToken: true,
          ...onePodNeededByCluster,
          terminationGracePeriodSeconds: 5,
          containers: [
            {
              name,
              image,
              imagePullPolicy: "IfNotPresent",
              command: ["local-path-provisioner", "start"],
              args: [
                `--config=${FOLDER}/config.json`,
                `--helper-pod-file=${FOLDER}/helperPod.yaml`,
                `--configmap-name=${CONFIGURATION}`,
                `--service-account-name=${ACCOUNT}`,
                // What cannot be done now is tried again until it can: a worker that is away comes back.
                "--provisioning-retry-count=0",
                "--deletion-retry-count=0",
              ],
              env: [{ name: "POD_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } }],
              resources: {
                requests: { cpu: `${PROVISIONER_REQUESTS.milliCpus}m`, memory: `${PROVISIONER_REQUESTS.memoryMiB}Mi` },
                limits: { memory: "128Mi" },
              },
              // It listens nowhere: that it runs and has what it is configured by is all that can be asked.
              readinessProbe: {
                exec: { command: ["/bin/sh", "-c", `[ -s ${FOLDER}/config.json ]`] },
                periodSeconds: 10,
              },
              securityContext: { ...hardenedContainer, runAsNonRoot: true, runAsUser: 65534 },
              volumeMounts: [{ name: "config", mountPath: FOLDER, readOnly: true }],
            },
          ],
          volumes: [{ name: "config", configMap: { name: CONFIGURATION } }],
        },
      },
    },
  };
}
