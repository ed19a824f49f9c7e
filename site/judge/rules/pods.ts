import { listed } from "../../description/listed";
import { nodeAgent, objectsOf } from "../../facts/model";
import { parameterised, rule } from "./rule";
import { ofContainers } from "./workloads";

const source = "S6, S9 [B, K, A]";

export const podsAreNotRoot = rule({
  id: "workload-non-root",
  subject: "Workloads",
  scope: "object",
  sentence: "no container runs as root",
  severity: "mandatory",
  source,
  fix: "set securityContext.runAsNonRoot: true and a runAsUser",
  about: "workloads",
  check: (facts) =>
    ofContainers(
      facts,
      ({ runAsNonRoot, runAsUser }, workload) =>
        (runAsUser === 0 || (runAsNonRoot !== true && runAsNonRoot !== undefined && runAsUser === null)) &&
        !nodeAgent(facts, workload)?.isRoot,
      (names) => `${names} may run as root`,
    ),
});

export const podsAreNotPrivileged = rule({
  id: "workload-privileged",
  subject: "Workloads",
  scope: "object",
  sentence: "no container is privileged: a privileged one is the node",
  severity: "mandatory",
  source,
  fix: "leave privileged out and add the one capability that is needed",
  about: "workloads",
  check: (facts) =>
    ofContainers(
      facts,
      ({ privileged }) => privileged === true,
      (names) => `${names} privileged`,
    ),
});

export const podsDoNotEscalate = rule({
  id: "workload-escalation",
  subject: "Workloads",
  scope: "object",
  sentence: "no process in a container gets more rights than it was started with",
  severity: "mandatory",
  source,
  fix: "set securityContext.allowPrivilegeEscalation: false",
  about: "workloads",
  check: (facts) =>
    ofContainers(
      facts,
      ({ escalation }) => escalation === null || escalation === true,
      (names) => `${names} may gain privileges`,
    ),
});

export const podsDropCapabilities = rule({
  id: "workload-capabilities",
  subject: "Workloads",
  scope: "object",
  sentence: "containers drop all capabilities and add what they need",
  severity: "advisory",
  source,
  fix: 'set securityContext.capabilities.drop: ["ALL"]',
  about: "workloads",
  check: (facts) =>
    ofContainers(
      facts,
      ({ drops }) => drops === null || (drops !== undefined && !drops.includes("ALL")),
      (names) => `${names} with the runtime's default capabilities`,
    ),
});

export const podsHaveReadOnlyRoot = rule({
  id: "workload-read-only-root",
  subject: "Workloads",
  scope: "object",
  sentence: "containers cannot change their own image's files",
  severity: "advisory",
  source,
  fix: "set securityContext.readOnlyRootFilesystem: true, and an emptyDir where it writes",
  about: "workloads",
  check: (facts) =>
    ofContainers(
      facts,
      ({ readOnlyRoot }) => readOnlyRoot === null || readOnlyRoot === false,
      (names) => `${names} with a root file system that can be written`,
    ),
});

export const podsHaveSeccomp = rule({
  id: "workload-seccomp",
  subject: "Workloads",
  scope: "object",
  sentence: "containers may call what the runtime's seccomp profile lets them",
  severity: "advisory",
  source,
  fix: 'set securityContext.seccompProfile: {type: "RuntimeDefault"}',
  about: "workloads",
  check: (facts) =>
    ofContainers(
      facts,
      ({ seccomp }) => seccomp === null || seccomp === "Unconfined",
      (names) => `${names} without a seccomp profile`,
    ),
});

export const podsStayInTheirNamespaces = rule({
  id: "workload-host-namespaces",
  subject: "Workloads",
  scope: "object",
  sentence: "pods share neither the network nor the processes of their node",
  severity: "mandatory",
  source,
  fix: "leave it out, or except the workload for a reason",
  about: "workloads",
  check: (facts) =>
    objectsOf(facts, "workloads").flatMap(({ path, kind, namespace, hostNamespaces }) => {
      const agent = nodeAgent(facts, { kind, namespace });
      const others = (hostNamespaces ?? []).filter((one) => !agent?.shares.includes(one));
      return others.length > 0
        ? [{ path, message: `its pods set ${listed(others)}: they see what is the node's` }]
        : [];
    }),
});

export const podsLeaveHostFiles = parameterised<{ allowed: string[] }>()({
  id: "workload-host-paths",
  subject: "Workloads",
  scope: "object",
  sentence: "pods mount no files of their node",
  severity: "mandatory",
  source,
  fix: "use a persistent volume; or name the path in the parameter `allowed`",
  parameters: {
    allowed: { type: "array", items: { type: "string" }, default: [], description: "Paths that may be mounted" },
  },
  about: "workloads",
  check: (facts, { allowed }) =>
    objectsOf(facts, "workloads").flatMap(({ path, hostPaths }) => {
      const others = (hostPaths ?? []).filter((p) => !allowed.includes(p));
      return others.length > 0 ? [{ path, message: `its pods mount ${listed(others)} of the node` }] : [];
    }),
});

export const podsHaveOwnAccount = rule({
  id: "workload-service-account",
  subject: "Workloads",
  scope: "object",
  sentence: "pods that talk to the API have an account of their own; others have no token",
  severity: "advisory",
  source: "W5 [K]",
  fix: "set serviceAccountName, or automountServiceAccountToken: false",
  about: "workloads",
  check: (facts) =>
    objectsOf(facts, "workloads").flatMap(({ path, serviceAccount, mountsToken }) =>
      (serviceAccount === null || serviceAccount === "default") && mountsToken !== false && mountsToken !== undefined
        ? [{ path, message: "its pods hold the token of the namespace's default account" }]
        : [],
    ),
});
