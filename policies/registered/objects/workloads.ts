import type { ContainerFact, ObjectFacts, WorkloadFact } from "../../../site/facts/objects";
import type { Reading } from "../reading";

/** Where a kind keeps its pods' template; a Pod is its own. */
const templates: Readonly<Record<string, string[]>> = {
  Deployment: ["spec", "template"],
  StatefulSet: ["spec", "template"],
  DaemonSet: ["spec", "template"],
  ReplicaSet: ["spec", "template"],
  ReplicationController: ["spec", "template"],
  Job: ["spec", "template"],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
  Pod: [],
};

export function isWorkload(kind: string): boolean {
  return kind in templates;
}

/** What runs pods, as it was registered. */
export function workloadFact(path: string, kind: string, read: Reading): Partial<ObjectFacts> {
  const template = read.at(...(templates[kind] ?? []));
  const pod = template.at("spec");
  const shared = ["hostNetwork", "hostPID", "hostIPC"].map((name) => [name, pod.at(name).flag(true)] as const);
  const volumes = pod.at("volumes").list();
  const workload: WorkloadFact = {
    path,
    kind,
    namespace: read.at("metadata", "namespace").text(),
    replicas: read.at("spec", "replicas").number(1),
    labels: template.at("metadata", "labels").record(),
    hostNamespaces: shared.filter(([, value]) => value === true).map(([name]) => name),
    hostPaths: volumes.flatMap((volume) => {
      const hostPath = volume.at("hostPath");
      return hostPath.isSet() === true ? [hostPath.at("path").text("not known") ?? "not known"] : [];
    }),
    spread: spread(pod),
    serviceAccount: pod.at("serviceAccountName").text(),
    mountsToken: pod.at("automountServiceAccountToken").flag(),
    containers: [
      ...pod
        .at("initContainers")
        .list()
        .map((container) => containerFact(container, pod, true)),
      ...pod
        .at("containers")
        .list()
        .map((container) => containerFact(container, pod, false)),
    ],
  };
  return { workloads: [workload] };
}

function spread(pod: Reading): true | null | undefined {
  const ways = [pod.at("topologySpreadConstraints"), pod.at("affinity", "podAntiAffinity")].map((way) => way.isSet());
  return ways.find((way) => way === true) ?? (ways.includes(undefined) ? undefined : null);
}

/** A container; what it leaves open of its security, the pod decides. */
function containerFact(read: Reading, pod: Reading, init: boolean): ContainerFact {
  const own = read.at("securityContext");
  const shared = pod.at("securityContext");
  const either = <T>(ask: (context: Reading) => T | null | undefined): T | null | undefined => {
    const value = ask(own);
    return value === null ? ask(shared) : value;
  };
  // A sidecar is an init container that goes on.
  const ends = init && read.at("restartPolicy").text() !== "Always";
  return {
    name: read.at("name").text() ?? "of a name not known",
    init: ends,
    image: read.at("image").text(),
    requests: { cpu: amount(read, "requests", "cpu"), memory: amount(read, "requests", "memory") },
    memoryLimit: amount(read, "limits", "memory"),
    readiness: read.at("readinessProbe").isSet(),
    liveness: read.at("livenessProbe").isSet(),
    privileged: own.at("privileged").flag(true),
    escalation: own.at("allowPrivilegeEscalation").flag(),
    readOnlyRoot: own.at("readOnlyRootFilesystem").flag(),
    drops: own.at("capabilities", "drop").texts(),
    runAsNonRoot: either((context) => context.at("runAsNonRoot").flag()),
    runAsUser: either((context) => context.at("runAsUser").number(0)),
    seccomp: either((context) => context.at("seccompProfile", "type").text()),
  };
}

/** A request that is not given is the limit. */
function amount(read: Reading, kind: "requests" | "limits", of: "cpu" | "memory"): string | null | undefined {
  const at = read.at("resources", kind, of);
  const value = at.text() ?? (typeof at.number() === "number" ? String(at.number()) : at.isKnown ? null : at.text());
  return value === null && kind === "requests" ? amount(read, "limits", of) : value;
}
