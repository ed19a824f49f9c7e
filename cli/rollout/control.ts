import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { readSignedPlan } from "../../fleet/rollout/read";
import type { SignedPlan } from "../../fleet/rollout/schema";
import { type RolloutService, type ServiceAddress, USUAL_PACE } from "../../fleet/rollout/service";
import { refusalOf } from "../../fleet/rollout/signature";
import { UnusableInput, unusable } from "../../site/description/unusableInput";
import { readDocument } from "../input/document";
import { projectIn } from "../report/project";
import { fleetEngine } from "./engine";
import { statusText } from "./status";

export interface ServiceOptions extends ServiceAddress {
  project: string;
}

export interface StartOptions extends ServiceOptions {
  key: string;
  queueBy?: string;
}

/** The largest plan that is read, in MiB. */
const LARGEST = 64;

/** Starts the rollout of a plan that its owner signed. */
export async function start(file: string, { key, queueBy, ...options }: StartOptions): Promise<string> {
  const signed = signedPlanIn(file);
  const refusal = refusalOf(signed, keyIn(key), Date.now());
  if (refusal) throw new UnusableInput([{ ...refusal, path: `${file} ${refusal.path}` }]);
  if (queueBy !== undefined && !signed.plan.sites.some(({ labels }) => queueBy in labels))
    throw unusable("--queue-by", `no site of the plan has the label ${queueBy}`, "name another one, or leave it out");
  return withService(options, async (rollouts) => {
    const { id, isNew } = await rollouts.start(signed, { ...USUAL_PACE, ...(queueBy !== undefined && { queueBy }) });
    return isNew
      ? `started  rollout ${id}: ${signed.plan.sites.length} sites in ${signed.plan.waves.length} waves\n`
      : `rollout ${id} of this plan was started already: nothing is changed; see \`groundwork rollout status ${id}\`\n`;
  });
}

/** How far a rollout is. */
export async function status(id: string | undefined, options: ServiceOptions & { json?: boolean }): Promise<string> {
  return withService(options, async (rollouts) => {
    const chosen = await oneOf(rollouts, id);
    const found = await rollouts.status(chosen);
    if (options.json)
      return `${JSON.stringify({ rollout: chosen, ...found.status, answers: found.answers }, null, 2)}\n`;
    return statusText(chosen, found.status, found.answers);
  });
}

export function pause(id: string | undefined, options: ServiceOptions): Promise<string> {
  return ordered(id, options, async (rollouts, one) => {
    await rollouts.pause(one);
    return "paused: what is being changed finishes, nothing else begins";
  });
}

export function resume(id: string | undefined, options: ServiceOptions): Promise<string> {
  return ordered(id, options, async (rollouts, one) => {
    await rollouts.resume(one);
    return "goes on";
  });
}

export function abort(id: string | undefined, options: ServiceOptions): Promise<string> {
  return ordered(id, options, async (rollouts, one) => {
    await rollouts.abort(one);
    return "aborted: what is being changed finishes, nothing begins any more";
  });
}

/** Approves a wave; by default the one that waits for it. */
export function approve(id: string | undefined, options: ServiceOptions & { wave?: number }): Promise<string> {
  return ordered(id, options, async (rollouts, one) => {
    const wave = options.wave ?? waitingWave((await rollouts.status(one)).status.needs);
    await rollouts.approve(one, wave);
    return `wave ${wave} is approved`;
  });
}

/** Takes failed sites up again; by default all of them. */
export function retry(id: string | undefined, options: ServiceOptions & { site: string[] }): Promise<string> {
  return ordered(id, options, async (rollouts, one) => {
    const sites = await rollouts.retry(one, options.site);
    return `taken up again: ${sites.join(", ")}`;
  });
}

async function ordered(
  id: string | undefined,
  options: ServiceOptions,
  give: (rollouts: RolloutService, id: string) => Promise<string>,
): Promise<string> {
  return withService(options, async (rollouts) => {
    const chosen = await oneOf(rollouts, id);
    return `rollout ${chosen}: ${await give(rollouts, chosen)}\n`;
  });
}

async function withService(
  { project, address, namespace }: ServiceOptions,
  use: (rollouts: RolloutService) => Promise<string>,
): Promise<string> {
  const { name } = projectIn(project);
  const rollouts = await fleetEngine().connect({ address, namespace }, name);
  try {
    return await use(rollouts);
  } finally {
    await rollouts.close();
  }
}

/** The rollout that is named, or the only one that runs, or the last one that ran. */
async function oneOf(rollouts: RolloutService, id: string | undefined): Promise<string> {
  const known = await rollouts.list();
  if (id !== undefined) {
    if (known.some((one) => one.id === id)) return id;
    throw unusable(`rollout ${id}`, "there is none of this project", "see `groundwork rollout status`");
  }
  const running = known.filter(({ isRunning }) => isRunning);
  if (running.length > 1)
    throw unusable("rollout", `${running.length} run`, `name one of ${running.map((one) => one.id).join(", ")}`);
  const [chosen] = running.length > 0 ? running : known;
  if (chosen) return chosen.id;
  throw unusable("rollout", "none of this project was started", "see `groundwork rollout start --help`");
}

function waitingWave(needs: string | undefined): number {
  const wave = /approve (\d+)$/.exec(needs ?? "")?.[1];
  if (wave !== undefined) return Number(wave);
  throw unusable("rollout", "no wave waits for an approval now", "name one with --wave to approve it beforehand");
}

function signedPlanIn(file: string): SignedPlan {
  const read = readSignedPlan(readDocument(file, LARGEST));
  if ("signed" in read) return read.signed;
  throw new UnusableInput(read.problems.map((problem) => ({ ...problem, path: `${file} ${problem.path}` })));
}

/** The public half, or the private key that holds it. */
function keyIn(file: string): string {
  try {
    return createPublicKey(readFileSync(file, "utf8")).export({ type: "spki", format: "pem" }).toString();
  } catch {
    throw unusable(`--key ${file}`, "no key in PEM can be read there", "name the owner's key, or its public half");
  }
}
