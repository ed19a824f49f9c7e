import type { Props, Resource } from "../../support/demoStack";
import { type ObjectBreakage, object } from "./resources";

const labels = { app: "shop" };
const soundContainer = {
  name: "shop",
  image: `registry.k8s.io/shop:1.2.3@sha256:${"0".repeat(64)}`,
  resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "64Mi" } },
  readinessProbe: { httpGet: { path: "/", port: 80 } },
  livenessProbe: { httpGet: { path: "/", port: 80 } },
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 1000,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
  },
};
const spread = { maxSkew: 1, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "DoNotSchedule" };

interface Changes {
  container?: Props;
  security?: Props;
  pod?: Props;
  spec?: Props;
}

function deployment({ container, security, pod, spec }: Changes = {}): Resource {
  const securityContext = { ...soundContainer.securityContext, ...security };
  const template = {
    metadata: { labels },
    spec: {
      serviceAccountName: "shop",
      topologySpreadConstraints: [spread],
      containers: [{ ...soundContainer, securityContext, ...container }],
      ...pod,
    },
  };
  const metadata = { name: "shop", namespace: "shop" };
  return object(
    "Deployment",
    { metadata, spec: { replicas: 2, selector: { matchLabels: labels }, template, ...spec } },
    "it",
    "apps/v1",
  );
}

/** In a namespace that no other list has. */
const alone = () => {
  const resource = deployment();
  return { ...resource, inputs: { ...resource.inputs, metadata: { name: "shop", namespace: "alone" } } };
};

const budget = (spec: Props, name = "budget") =>
  object(
    "PodDisruptionBudget",
    { metadata: { name, namespace: "shop" }, spec: { selector: { matchLabels: labels }, ...spec } },
    name,
    "policy/v1",
  );

/** A rule about a Deployment, broken by one change. */
const ofDeployment = (rule: string, changes: Changes, says: string): ObjectBreakage => ({
  rule,
  sound: [deployment(), budget({ maxUnavailable: 1 })],
  broken: [deployment(changes), budget({ maxUnavailable: 1 })],
  says,
});

const image = (name: string) => ({ container: { image: name } });

export const workloadBreakages: ObjectBreakage[] = [
  ofDeployment(
    "image-registry",
    image(`docker.io/shop:1.2.3@sha256:${"0".repeat(64)}`),
    `it: container shop: image docker.io/shop:1.2.3@sha256:${"0".repeat(64)} is not from registry.k8s.io; mirror the image, or name its registry in the parameter \`allowed\``,
  ),
  ofDeployment(
    "image-tag",
    image("registry.k8s.io/shop:latest"),
    "it: container shop: image registry.k8s.io/shop:latest has the tag latest, which moves; name a full version, a commit or a build, or better the digest",
  ),
  ofDeployment(
    "image-digest",
    image("registry.k8s.io/shop:1.2.3"),
    "it: container shop: image registry.k8s.io/shop:1.2.3 is not named by digest; add @sha256:… to the image's name",
  ),
  ofDeployment(
    "workload-requests",
    { container: { resources: { limits: { memory: "64Mi" } } } },
    "it: container shop without a request for CPU or memory; set resources.requests.cpu and resources.requests.memory",
  ),
  ofDeployment(
    "workload-limits",
    { container: { resources: { requests: { cpu: "1", memory: "1Gi" } } } },
    "it: container shop without a memory limit; set resources.limits.memory",
  ),
  ofDeployment(
    "workload-readiness",
    { container: { readinessProbe: undefined } },
    "it: container shop without a readiness probe; set readinessProbe",
  ),
  ofDeployment(
    "workload-liveness",
    { container: { livenessProbe: undefined } },
    "it: container shop without a liveness probe; set livenessProbe, with more patience than the readiness probe has",
  ),
  ofDeployment(
    "workload-replicas",
    { spec: { replicas: 1 } },
    "it: the Deployment runs once; set replicas: 2 or more, if it can run twice",
  ),
  ofDeployment(
    "workload-spread",
    { pod: { topologySpreadConstraints: undefined } },
    "it: nothing keeps its 2 pods on different nodes; set topologySpreadConstraints or a podAntiAffinity over topology.kubernetes.io/zone",
  ),
  {
    ...ofDeployment(
      "workload-budget",
      {},
      "it: no PodDisruptionBudget covers its 2 pods; add a PodDisruptionBudget that selects its pods, with maxUnavailable: 1",
    ),
    broken: [alone(), budget({ maxUnavailable: 1, selector: { matchLabels: { app: "other" } } })],
  },
  {
    rule: "budget-lets-go",
    sound: [budget({ maxUnavailable: 1 })],
    broken: [budget({ maxUnavailable: 0 })],
    says: "budget: the budget forbids every eviction: a node with such a pod cannot be drained; set maxUnavailable: 1",
  },
  {
    rule: "workload-controlled",
    sound: [deployment()],
    broken: [object("Pod", { metadata: { name: "it" }, spec: { containers: [soundContainer] } })],
    says: "it: the pod is gone when its node is; use a Deployment, StatefulSet, DaemonSet or Job",
  },
  ofDeployment(
    "workload-non-root",
    { security: { runAsNonRoot: undefined, runAsUser: 0 } },
    "it: container shop may run as root; set securityContext.runAsNonRoot: true and a runAsUser",
  ),
  ofDeployment(
    "workload-privileged",
    { security: { privileged: true } },
    "it: container shop privileged; leave privileged out and add the one capability that is needed",
  ),
  ofDeployment(
    "workload-escalation",
    { security: { allowPrivilegeEscalation: undefined } },
    "it: container shop may gain privileges; set securityContext.allowPrivilegeEscalation: false",
  ),
  ofDeployment(
    "workload-capabilities",
    { security: { capabilities: undefined } },
    'it: container shop with the runtime\'s default capabilities; set securityContext.capabilities.drop: ["ALL"]',
  ),
  ofDeployment(
    "workload-read-only-root",
    { security: { readOnlyRootFilesystem: undefined } },
    "it: container shop with a root file system that can be written; set securityContext.readOnlyRootFilesystem: true, and an emptyDir where it writes",
  ),
  ofDeployment(
    "workload-seccomp",
    { security: { seccompProfile: undefined } },
    'it: container shop without a seccomp profile; set securityContext.seccompProfile: {type: "RuntimeDefault"}',
  ),
  ofDeployment(
    "workload-host-namespaces",
    { pod: { hostNetwork: true } },
    "it: its pods set hostNetwork: they see what is the node's; leave it out, or except the workload for a reason",
  ),
  ofDeployment(
    "workload-host-paths",
    { pod: { volumes: [{ name: "etc", hostPath: { path: "/etc" } }] } },
    "it: its pods mount /etc of the node; use a persistent volume; or name the path in the parameter `allowed`",
  ),
  ofDeployment(
    "workload-service-account",
    { pod: { serviceAccountName: undefined } },
    "it: its pods hold the token of the namespace's default account; set serviceAccountName, or automountServiceAccountToken: false",
  ),
];
