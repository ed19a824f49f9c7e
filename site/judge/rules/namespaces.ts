import { listed } from "../../description/listed";
import { nodeAddOn, objectsOf } from "../../facts/model";
import { parameterised, rule } from "./rule";

export const namespacesDenyByDefault = rule({
  id: "namespace-default-deny",
  subject: "Namespaces and roles",
  scope: "stack",
  sentence: "a namespace has a NetworkPolicy that denies what no other allows",
  severity: "advisory",
  source: "S7 [B]",
  fix: "add a NetworkPolicy with podSelector: {} and both policyTypes, and allow what is needed beside it",
  reads: ["namespaces"],
  check: (facts) =>
    objectsOf(facts, "namespaces").flatMap(({ path, name, defaultDeny }) =>
      defaultDeny === false ? [{ path, message: `in namespace ${name ?? path} every pod reaches every pod` }] : [],
    ),
});

export const namespacesHaveQuota = rule({
  id: "namespace-quota",
  subject: "Namespaces and roles",
  scope: "stack",
  sentence: "a namespace has a ResourceQuota and a LimitRange, so that one tenant cannot take it all",
  severity: "advisory",
  source: "C4 [B, A]",
  fix: "add both",
  reads: ["namespaces"],
  check: (facts) =>
    objectsOf(facts, "namespaces").flatMap(({ path, name, quota, limitRange }) => {
      if (nodeAddOn(facts, name)) return [];
      const missing = [...(quota === false ? ["ResourceQuota"] : []), ...(limitRange === false ? ["LimitRange"] : [])];
      return missing.length > 0 ? [{ path, message: `namespace ${name ?? path} has no ${listed(missing)}` }] : [];
    }),
});

export const namespacesAreSecured = rule({
  id: "namespace-pod-security",
  subject: "Namespaces and roles",
  scope: "object",
  sentence: "no namespace lets privileged pods in",
  severity: "mandatory",
  source: "S6 [B, K, A]",
  fix: "leave the label pod-security.kubernetes.io/enforce out, or set it to baseline or restricted",
  about: "namespaces",
  check: (facts) =>
    objectsOf(facts, "namespaces").flatMap(({ path, name, podSecurity }) =>
      podSecurity === "privileged" && !nodeAddOn(facts, name)?.isPrivileged
        ? [{ path, message: `namespace ${name ?? path} lets privileged pods in` }]
        : [],
    ),
});

const powerful = ["cluster-admin"];

export const nobodyIsAdministrator = parameterised<{ subjects: string[] }>()({
  id: "rbac-administrators",
  subject: "Namespaces and roles",
  scope: "object",
  sentence: "nobody is made a cluster administrator beside those who are named",
  severity: "mandatory",
  source: "W5 [K]",
  fix: "bind a role with what is needed; or name the subject in the parameter `subjects`",
  parameters: {
    subjects: {
      type: "array",
      items: { type: "string" },
      default: ["Group kubeadm:cluster-admins"],
      description: "Who may be an administrator, as `Kind name`",
    },
  },
  about: "grants",
  check: (facts, { subjects }) =>
    objectsOf(facts, "grants").flatMap(({ path, role, ...grant }) => {
      if (!role || !powerful.includes(role)) return [];
      const others = (grant.subjects ?? []).filter((subject) => !subjects.includes(subject));
      return others.length > 0 ? [{ path, message: `${role} is bound to ${listed(others)}` }] : [];
    }),
});

export const rolesSayWhat = rule({
  id: "rbac-wildcards",
  subject: "Namespaces and roles",
  scope: "object",
  sentence: "no role allows every verb on every resource",
  severity: "mandatory",
  source: "W5 [K]",
  fix: "name the resources and verbs that are needed",
  about: "grants",
  check: (facts) =>
    objectsOf(facts, "grants").flatMap(({ path, everything }) =>
      everything ? [{ path, message: "the role allows everything on everything" }] : [],
    ),
});
