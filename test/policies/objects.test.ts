import { describe, expect, it } from "vitest";
import { factsOfResource } from "../../policies/registered/objects";
import { allRules } from "../../site/judge/rules/catalog";
import { judged, type Props, type Reported, unknown } from "../support/demoStack";
import { breakages } from "./breakages";
import { objectBreakages } from "./objects";
import { throughPlugins, throughVcenter } from "./shown";

const said = (reported: Reported[], policy: string) =>
  reported.filter((report) => report.policy === policy).map(({ message }) => message);

describe("the rules about objects", () => {
  it.each(objectBreakages.map((breakage, i) => ({ ...breakage, title: `${breakage.rule} (${i + 1})` })))(
    "$title refuses what breaks it and lets pass what does not",
    ({ rule, sound, broken, says, config }) => {
      expect(said(judged(sound, { config }), rule)).toEqual([]);
      expect(said(judged(broken, { config }), rule)).toEqual([says]);
      expect(said(judged(broken, { config, preview: false }), rule)).toEqual([says]);
      const blind = allRules.map((known) => (known.id === rule ? { ...known, check: () => [] } : known));
      expect(said(judged(broken, { config, rules: blind }), rule)).toEqual([]);
    },
  );

  it("read what a command installs, not what it does when it is deleted", () => {
    const command = (props: Props) => factsOfResource({ type: "command:remote:Command", name: "it", props }, "worst");
    const read = (props: Props) => command({ ...props, stdin: unknown }).objects.configurations?.length;
    expect([read({ create: "x" }), read({ update: "x", delete: "x" }), read({ delete: "x" })]).toEqual([1, 1, 0]);
    expect(read({ create: unknown, delete: "x" })).toBe(1);
  });

  it("have a breakage each, which is also shown through the pulumi command", () => {
    const broken = new Set([...objectBreakages, ...breakages].map(({ rule }) => rule));
    expect(allRules.map(({ id }) => id).filter((id) => !broken.has(id))).toEqual([]);
    const shown = new Set([...throughVcenter, ...throughPlugins].map(({ rule }) => rule));
    expect(allRules.map(({ id }) => id).filter((id) => !shown.has(id))).toEqual([]);
    expect(allRules.length).toBeGreaterThanOrEqual(94);
    expect(new Set(allRules.map(({ id }) => id)).size).toBe(allRules.length);
  });

  it("say where, what and what to do instead", () => {
    const silent = [...objectBreakages, ...breakages].flatMap(({ says }) =>
      [says].flat().filter((message) => !/^[^\s:]+: .+; [a-z].{4,}$/s.test(message)),
    );
    expect(silent).toEqual([]);
  });

  it("are not broken by what they fail at", () => {
    const failing = allRules.map((rule) =>
      rule.id === "workload-limits"
        ? {
            ...rule,
            check: () => {
              throw new Error("no such field");
            },
          }
        : rule,
    );
    const [sound] = objectBreakages.filter(({ rule }) => rule === "workload-limits").map((breakage) => breakage.sound);
    expect(said(judged(sound ?? [], { rules: failing }), "workload-limits")).toEqual([
      "it: could not be judged by workload-limits, which failed (no such field); " +
        "correct the policy, or except the resource while that is being done",
    ]);
  });
});
