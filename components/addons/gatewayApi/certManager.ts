import { createHash } from "node:crypto";
import {
  CERT_MANAGER_REQUESTS,
  CLUSTER_ISSUER,
  ISSUER_SECRET,
  CERT_MANAGER_NAMESPACE as namespace,
} from "../../../site/description/gatewayApi";
import { hardenedContainer, oneAtATime, onePodNeededByCluster } from "../pods";
import { CERTIFICATES } from "./definitions";

const name = "cert-manager";
export const certManagerLabels = { app: name };
/** The ConfigMap that it reads, and where. */
export const CONFIGURATION = "cert-manager";
const FOLDER = "/etc/cert-manager";
const HEALTH_PORT = 9403;

/** What it does, and nothing else: an authority's key in a Secret signs what Gateways and Certificates ask for. */
const CONTROLLERS = [
  "clusterissuers",
  "gateway-shim",
  "certificaterequests-approver",
  "certificaterequests-issuer-ca",
  "certificates-trigger",
  "certificates-key-manager",
  "certificates-request-manager",
  "certificates-issuing",
  "certificates-readiness",
  "certificates-revision-manager",
];

/** As its own configuration file has it. */
export const certManagerConfiguration = {
  apiVersion: "controller.config.cert-manager.io/v1alpha1",
  kind: "ControllerConfiguration",
  clusterResourceNamespace: namespace,
  controllers: CONTROLLERS,
  gatewayAPI: { enabled: true },
  // There is one, which is ended before another is started.
  leaderElectionConfig: { enabled: false },
  logging: { verbosity: 2, format: "text" },
};

/** Issues and renews certificates. One at a time: while none runs, what was issued is good. */
export function certManagerDeployment(image: string) {
  const digest = createHash("sha256").update(JSON.stringify(certManagerConfiguration)).digest("hex");
  return {
    metadata: { name, namespace, labels: certManagerLabels },
    spec: {
      ...oneAtATime,
      selector: { matchLabels: certManagerLabels },
      template: {
        metadata: { labels: certManagerLabels, annotations: { "groundwork.local/settings": digest } },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: true,
          ...onePodNeededByCluster,
          terminationGracePeriodSeconds: 10,
          containers: [
            {
              name,
              image,
              imagePullPolicy: "IfNotPresent",
              args: [`--config=${FOLDER}/config.yaml`],
              env: [
                {
                  name: "GOMEMLIMIT",
                  valueFrom: { resourceFieldRef: { containerName: name, resource: "limits.memory" } },
                },
              ],
              resources: {
                requests: {
                  cpu: `${CERT_MANAGER_REQUESTS.milliCpus}m`,
                  memory: `${CERT_MANAGER_REQUESTS.memoryMiB}Mi`,
                },
                limits: { memory: "256Mi" },
              },
              readinessProbe: { httpGet: { path: "/livez", port: HEALTH_PORT }, periodSeconds: 5 },
              livenessProbe: {
                httpGet: { path: "/livez", port: HEALTH_PORT },
                initialDelaySeconds: 10,
                periodSeconds: 20,
                failureThreshold: 6,
              },
              securityContext: { ...hardenedContainer, runAsNonRoot: true, runAsUser: 65532 },
              volumeMounts: [{ name: "config", mountPath: FOLDER, readOnly: true }],
            },
          ],
          volumes: [{ name: "config", configMap: { name: CONFIGURATION } }],
        },
      },
    },
  };
}

/** The issuer that Gateways and Certificates name: whoever may make those gets certificates of the site's domain. */
export const clusterIssuer = {
  apiVersion: `${CERTIFICATES}/v1`,
  kind: "ClusterIssuer",
  metadata: { name: CLUSTER_ISSUER },
  spec: { ca: { secretName: ISSUER_SECRET } },
};
