import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { DateTime } from "luxon";
import { calendarOf } from "../../fleet/rollout/calendar";
import { planRollout } from "../../fleet/rollout/plan";
import type { RolloutPlan } from "../../fleet/rollout/schema";
import { readPrivateKey, signPlan } from "../../fleet/rollout/signature";
import { UnusableInput } from "../../site/description/unusableInput";
import { writeWhole } from "../output/file";
import { table } from "../output/table";
import { projectIn } from "../report/project";
import { sitesOf } from "./candidates";
import { judged } from "./judged";
import type { RolloutPlanOptions } from "./options";
import { policyIn } from "./policy";

/** How long a site is taken to need, in the calendar of a dry run, in minutes. */
const USUAL_MINUTES = 30;

/** Judges the sites and writes the plan; the exit code. */
export async function writeRolloutPlan(
  options: RolloutPlanOptions,
  out: (text: string) => void,
  log: (text: string) => void,
): Promise<0 | 1> {
  const project = projectIn(options.project);
  const policy = policyIn(options.policy);
  const output = resolve(options.output);
  const key = options.dryRun ? undefined : keyIn(options.key);
  const sites = sitesOf(project, options.sites, [output, `${output}.tmp`]);
  if (sites.length === 0)
    throw new UnusableInput([{ path: "--sites", fact: "no site has them all", fix: "ask for fewer labels" }]);
  const planned = planRollout(await judged(project, sites, policy, options, log), policy, Date.now(), options);
  if ("problems" in planned) throw new UnusableInput(planned.problems);
  const { plan } = planned;
  out(summaryOf(plan));
  if (options.dryRun) out(`\n${calendar(plan)}\n`);
  if (key !== undefined) {
    const made = signPlan(plan, key);
    if ("problem" in made) throw new UnusableInput([{ ...made.problem, path: `--key ${options.key}` }]);
    writeWhole(output, `${JSON.stringify(made.signed, null, 2)}\n`);
    out(`\nwrote  ${options.output}\n`);
  }
  return plan.leftOut.length > 0 ? 1 : 0;
}

function keyIn(file: string | undefined): string {
  const fix = "make one with `openssl genpkey -algorithm ed25519 -out rollout.key`, or pass --dry-run";
  if (file === undefined)
    throw new UnusableInput([{ path: "--key", fact: "no key is named to sign the plan with", fix }]);
  let key: string;
  try {
    key = readFileSync(file, "utf8");
  } catch {
    throw new UnusableInput([{ path: "--key", fact: `${file} cannot be read`, fix }]);
  }
  const read = readPrivateKey(key);
  if ("problem" in read) throw new UnusableInput([{ ...read.problem, path: `--key ${file}` }]);
  return key;
}

function summaryOf({ waves, leftOut }: RolloutPlan): string {
  return [
    ...waves.map((wave, i) => `${i === 0 ? "canaries" : `wave ${i}`}  ${wave.join(", ")}\n`),
    ...leftOut.map(({ site, why }) => `left out  ${site}: ${why}\n`),
  ].join("");
}

/** Every site with the time at which it would begin, in its own zone. */
function calendar(plan: RolloutPlan): string {
  const zones = new Map(plan.sites.map(({ name, maintenance }) => [name, maintenance.timeZone ?? "UTC"]));
  const appointments = calendarOf(plan, Date.parse(plan.made), USUAL_MINUTES);
  const rows = appointments.map(({ site, wave, begins }) => [
    DateTime.fromMillis(begins, { zone: zones.get(site) ?? "UTC" }).toFormat("ccc yyyy-MM-dd HH:mm ZZZZ", {
      locale: "en",
    }),
    site,
    wave === 0 ? "canary" : `wave ${wave}`,
  ]);
  const late = plan.sites.filter(({ name }) => !appointments.some(({ site }) => site === name));
  return [
    table(["begins", "site", "wave"], rows),
    ...late.map(({ name }) => `${name}: not before the plan expires, ${plan.expires}`),
  ].join("\n");
}
