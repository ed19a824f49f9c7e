import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { runPlan } from "../../cli/plan/command";
import { repository } from "../../lab/toolchain/artifact";
import { Traffic } from "../../lab/traffic";
import { readSite } from "../../site/description/parse";
import { savedText } from "../../site/life/saved";
import { planSite } from "../../site/plan/plan";
import { PodTraffic } from "../support/lab/podTraffic";
import { demo, labIsKept, RunningSite, until } from "../support/lab/site";
import { type Change, changes, told, withChanges } from "../support/randomChanges";
import { memberNames } from "./change";
import { expectUnharmed } from "./unharmed";

// O4, O6: what `plan --against` lets pass harms nobody who uses the site, whatever it is.

/** Another seed is another walk: `GROUNDWORK_SEED=7 npm run test:life -- 12-random`. */
const seed = Number(process.env.GROUNDWORK_SEED ?? 15);
/** Descriptions that are judged against what runs each time, and how many of those that pass are brought up. */
const [judgedEach, broughtUp] = [25, Number(process.env.GROUNDWORK_CHANGES ?? 12)];
/** Milliseconds that a client or a pod may wait: more is an outage, not a busy machine. */
const OUTAGE = 30_000;

let site: RunningSite;
let folder: string;
/** What the site is brought to. */
let file: string;
let traffic: Traffic;
let pods: PodTraffic;
const counts = { judged: 0, safe: 0, broughtUp: 0 };
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "groundwork-changes-"));
  file = join(folder, "Pulumi.changed.yaml");
  writeFileSync(file, readFileSync(join(repository, "stacks/Pulumi.demo.yaml")));
  site = await RunningSite.open();
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
  traffic = await Traffic.start(site.paths.kubeconfig);
  pods = await PodTraffic.start(site, readFileSync(site.paths.kubeconfig, "utf8"));
});
afterAll(async () => {
  await traffic?.stop();
  await pods?.stop();
  rmSync(folder, { recursive: true, force: true });
  if (labIsKept) await demo();
});

const offered = fc.sample(changes, { seed, numRuns: judgedEach * broughtUp });

test.for(Array.from({ length: broughtUp }, (_, number) => number + 1))(
  "step %i: of random changes one that is called safe is brought up, and clients, pods and members do not suffer",
  // Nine machines may be changed one after the other.
  { timeout: 3_600_000 },
  async (step) => {
    const candidates = offered.slice((step - 1) * judgedEach, step * judgedEach);
    const runs = readFileSync(site.stack.configFile ?? "", "utf8");
    const safe = candidates.filter((made) => planOf(runs, made) !== planOf(runs, []) && isSafe(runs, made));
    counts.judged += candidates.length;
    counts.safe += safe.length;
    const [chosen] = safe;
    if (chosen === undefined) return;
    writeFileSync(file, withChanges(readFileSync(file, "utf8"), chosen));
    await traffic.lap();
    pods.lap();
    const { code, text } = await demo("--stack", file);
    expect(code, `${told(chosen)}\n${text}`).toBe(0);
    const [clients, probe] = [await traffic.lap(), pods.lap()];
    console.log(
      `${step}: ${told(chosen)}: ${clients.acknowledged} writes in ${clients.seconds} s, ${clients.lost.length} lost, longest gap ` +
        `${clients.longestWriteGap} ms; pods answered ${probe.answered} times, longest gap ${probe.longestGap} ms`,
    );
    expectUnharmed(clients, probe, OUTAGE, told(chosen));
    site = await RunningSite.open();
    expect(await memberNames(site)).toEqual(site.machines("etcd").map(({ name }) => name));
    await site.healthy();
    counts.broughtUp++;
  },
);

test("at nearly every step there was one to bring up, and not everything is called safe", () => {
  console.log(`seed ${seed}: ${counts.judged} judged, ${counts.safe} called safe, ${counts.broughtUp} brought up`);
  expect(counts.broughtUp).toBeGreaterThanOrEqual(broughtUp - 1);
  expect(counts.safe).toBeLessThan(counts.judged);
});

/** A plan as text, by which a change is known that changes nothing; nothing of one that is refused. */
function planOf(runs: string, made: readonly Change[]): string {
  const { config } = parse(withChanges(runs, made)) as { config: Record<string, unknown> };
  const result = readSite(config["groundwork:site"]);
  return "problems" in result ? "" : JSON.stringify(planSite(result.spec, { against: site.plan }));
}

/** What `groundwork plan FILE --against` says of a changed description, of the site as it runs: safe is without a word about the change. */
function isSafe(runs: string, made: readonly Change[]): boolean {
  const [described, saved] = [join(folder, "described.yaml"), join(folder, "runs.plan.json")];
  writeFileSync(described, withChanges(runs, made));
  writeFileSync(saved, savedText(site.plan));
  const printed: string[] = [];
  const keep = (line: string) => void printed.push(line);
  if (runPlan(described, { json: true, against: saved }, keep, () => {}) !== 0) return false;
  const { findings } = JSON.parse(printed.join("")) as { findings: { rule: string }[] };
  return findings.every(({ rule }) => rule !== "change");
}
