import { describe, expect, it } from "vitest";
import { objectsOf } from "../../site/facts/model";
import { allRules } from "../../site/judge/rules/catalog";
import { type Rule, rule } from "../../site/judge/rules/rule";
import { judged } from "../support/demoStack";

/** All that a new rule is: its file has this, and the list in catalog.ts a line. */
const named = rule({
  id: "workload-named",
  subject: "Workloads",
  scope: "object",
  sentence: "nothing is called unnamed",
  severity: "mandatory",
  source: "C1 [B]",
  fix: "give it a name",
  about: "workloads",
  check: (facts) =>
    objectsOf(facts, "workloads").flatMap(({ path }) =>
      path === "unnamed" ? [{ path, message: "it has no name" }] : [],
    ),
});

const deployment = (name: string) => ({ type: "kubernetes:apps/v1:Deployment", name, inputs: { spec: {} } });

describe("a rule that is new in the list", () => {
  const rules: readonly Rule[] = [...allRules, named];
  const said = (name: string) =>
    judged([deployment(name)], { rules }).filter(({ policy }) => policy === "workload-named");

  it("is asked by the pack, of what it says it is about", () => {
    expect(said("unnamed").map(({ level, message }) => `${level} ${message}`)).toEqual([
      "mandatory unnamed: it has no name; give it a name",
    ]);
    expect(said("shop")).toEqual([]);
  });
});
