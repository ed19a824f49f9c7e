import type { BudgetFact, GrantFact, NamespaceFact, ObjectFacts } from "../../../site/facts/objects";
import type { Reading } from "../reading";

export function budgetFact(path: string, read: Reading): Partial<ObjectFacts> {
  const spec = read.at("spec");
  const value = (name: string) => {
    const at = spec.at(name);
    return at.number() ?? at.text();
  };
  const [most, least] = [value("maxUnavailable"), value("minAvailable")];
  const budget: BudgetFact = {
    path,
    namespace: read.at("metadata", "namespace").text(),
    matchLabels: spec.at("selector", "matchExpressions").isSet()
      ? undefined
      : spec.at("selector", "matchLabels").record(),
    blocks: most === undefined || least === undefined ? undefined : most === 0 || most === "0%" || least === "100%",
  };
  return { budgets: [budget] };
}

export function namespaceFact(path: string, read: Reading): Partial<ObjectFacts> {
  const namespace: NamespaceFact = {
    path,
    name: read.at("metadata", "name").text(),
    podSecurity: read.at("metadata", "labels", "pod-security.kubernetes.io/enforce").text("privileged"),
  };
  return { namespaces: [namespace] };
}

/** A role's rules: every verb on every resource of every group. */
export function roleFact(path: string, read: Reading): Partial<ObjectFacts> {
  const every = (rule: Reading, name: string) => rule.at(name).texts(["*"])?.includes("*") ?? false;
  const everything = read
    .at("rules")
    .list()
    .some((rule) => every(rule, "verbs") && every(rule, "resources"));
  const grant: GrantFact = { path, role: null, subjects: null, everything };
  return { grants: [grant] };
}

export function bindingFact(path: string, read: Reading): Partial<ObjectFacts> {
  const subjects = read.at("subjects").list();
  const grant: GrantFact = {
    path,
    role: read.at("roleRef", "name").text("cluster-admin"),
    subjects: subjects.map((s) => `${s.at("kind").text() ?? "Subject"} ${s.at("name").text() ?? "not known"}`),
    everything: null,
  };
  return { grants: [grant] };
}

export function vcenterFact(path: string, read: Reading): Partial<ObjectFacts> {
  // A provider's settings are texts.
  const unverified = read.at("allowUnverifiedSsl");
  const value = unverified.text("true") ?? unverified.flag(true);
  return { vcenters: [{ path, verified: value === undefined ? undefined : value !== "true" && value !== true }] };
}
