import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { parse } from "yaml";
import { runPlan } from "../../cli/plan/command";
import { settledOf } from "../../site/description/changes/settled";
import { meaningOf } from "../../site/description/changes/table";
import { parseSite } from "../../site/description/parse";
import { appliedOf } from "../../site/life/applied";
import { changeOfStanding } from "../../site/life/changes/standing";
import { savedText } from "../../site/life/saved";
import { planSite } from "../../site/plan/plan";
import { machinesOf } from "../../site/plan/roles";
import { changes, told, withChanges } from "../support/randomChanges";
import { sought } from "../support/searches";

const folder = mkdtempSync(join(tmpdir(), "groundwork-random-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const demo = readFileSync("stacks/Pulumi.demo.yaml", "utf8");
const specOf = (text: string) => parseSite(parse(text).config["groundwork:site"]);

// What is called safe is brought up by test/life/12-random-changes.test.ts, a dozen of them.
test("of random changes of the demo none is called safe that takes away what a running site stands on", () => {
  const runs = planSite(specOf(demo));
  const [file, against] = [join(folder, "changed.yaml"), join(folder, "runs.plan.json")];
  writeFileSync(against, savedText(runs));
  const counts = { safe: 0, refused: 0, unusable: 0 };
  for (const made of fc.sample(changes, { seed: 15, numRuns: sought(300) })) {
    writeFileSync(file, withChanges(demo, made));
    const printed: string[] = [];
    const code = runPlan(
      file,
      { json: true, against },
      (text) => void printed.push(text),
      () => {},
    );
    if (code === 2) counts.unusable++;
    if (code === 1) counts.refused++;
    if (code !== 0) continue;
    counts.safe++;
    const spec = specOf(withChanges(demo, made));
    const plan = planSite(spec, { against: runs });
    const [was, is] = [settledOf(runs.spec), settledOf(spec)];
    for (const path of Object.keys(was).filter((path) => meaningOf(path).is === "never"))
      expect(is[path], told(made)).toEqual(was[path]);
    expect(changeOfStanding(plan, appliedOf(runs)).refused, told(made)).toEqual([]);
    const stay = plan.machines.filter(({ name }) => runs.machines.some((machine) => machine.name === name));
    for (const { name, address } of stay)
      expect(address, told(made)).toBe(runs.machines.find((machine) => machine.name === name)?.address);
    const members = machinesOf(runs, "etcd").filter(({ name }) => stay.some((machine) => machine.name === name));
    expect(members.length, told(made)).toBeGreaterThanOrEqual(1);
  }
  for (const count of Object.values(counts)) expect(count).toBeGreaterThanOrEqual(sought(10));
});
