import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Repair } from "../../fleet/file/schema";
import { planRollout } from "../../fleet/rollout/plan";
import { type ServiceAddress, USUAL_PACE } from "../../fleet/rollout/service";
import { signPlan } from "../../fleet/rollout/signature";
import { policyAmong } from "../../fleet/watch/mending";
import { UnusableInput } from "../../site/description/unusableInput";
import type { Project } from "../report/project";
import { sitesOf } from "../rollout/candidates";
import { fleetEngine } from "../rollout/engine";
import { judged } from "../rollout/judged";
import { policyIn } from "../rollout/policy";

/** Whose environment names the signing key, and where the rollout is carried out. */
export interface Mender {
  env: NodeJS.ProcessEnv;
  where: ServiceAddress;
}

/**
 * Starts the rollout that mends sites: like any other it is judged, signed, and goes in waves; sites that are unsafe are left out.
 *
 * @returns what became of it, for a person to read
 * @throws UnusableInput if there can be none
 */
export async function repaired(
  project: Project,
  names: readonly string[],
  { policy: file }: Repair,
  { env, where }: Mender,
): Promise<string> {
  const policy = { ...policyIn(file && join(project.folder, file)), refresh: true };
  const key = keyIn(env);
  const rollouts = await fleetEngine().connect(where, project.name);
  try {
    const running = (await rollouts.list()).find(({ isRunning }) => isRunning);
    if (running) return `nothing is mended while rollout ${running.id} runs; the next look tries it again`;
    const sites = sitesOf(project, [], []).filter(({ name }) => names.includes(name));
    const candidates = await judged(project, sites, policy, { parallel: 2 }, () => {});
    const planned = planRollout(candidates, policyAmong(candidates, policy), Date.now());
    if ("problems" in planned) throw new UnusableInput(planned.problems);
    const signed = signPlan(planned.plan, key);
    if ("problem" in signed) throw new UnusableInput([signed.problem]);
    const { id } = await rollouts.start(signed.signed, USUAL_PACE);
    const { sites: chosen, leftOut } = planned.plan;
    const others = leftOut.map(({ site, why }) => `; ${site} is left out: ${why}`).join("");
    return `rollout ${id} mends ${chosen.map(({ name }) => name).join(", ")}${others}`;
  } finally {
    await rollouts.close();
  }
}

function keyIn({ GROUNDWORK_ROLLOUT_KEY: file }: NodeJS.ProcessEnv): string {
  const path = "GROUNDWORK_ROLLOUT_KEY";
  const fix = "name the file of an Ed25519 private key in the worker's environment, or take watch.repair out";
  if (!file) throw new UnusableInput([{ path, fact: "it is not set, and signs the rollouts that mend sites", fix }]);
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new UnusableInput([{ path, fact: "its file cannot be read", fix }]);
  }
}
