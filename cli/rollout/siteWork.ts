import { createWriteStream, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { changedSince } from "../../fleet/rollout/read";
import { type SiteOrder, SiteRefusal, type SiteWork, type Watch } from "../../fleet/rollout/work";
import { UnusableInput } from "../../site/description/unusableInput";
import { planSite } from "../../site/plan/plan";
import { specOf } from "../backup/running";
import type { Ended } from "../process/program";
import { recover } from "../recover/recover";
import { placeOf } from "../recover/vcenter";
import { packArguments, packOf } from "../report/pack";
import { type Project, stackFile } from "../report/project";
import { stateProblem } from "../stack/failure";
import { pulumi } from "../stack/pulumi";
import { statusNow } from "../status/now";
import { sitesOf } from "./candidates";
import { unanswered } from "./probe";

/** What providers say of something that does not answer. */
const UNREACHED = /dial tcp|i\/o timeout|connection refused|no such host|network is unreachable|no route to host/;

/** The work at the sites of a project, by the Pulumi CLI. What it prints goes into files that only their owner reads. */
export function siteWork(project: Project, logs = logFolder()): SiteWork {
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  const run = (site: string, command: string, args: string[], watch: Watch) =>
    logged(project, join(logs, `${site}.log`), site, [command, ...args], watch);
  const previewed = async (order: SiteOrder, watch: Watch) => {
    requireAsPlanned(project, order);
    const ended = await run(order.site, "preview", [...judgedBy(project), ...refreshed(order)], watch);
    if (ended.code === 0) return;
    if (UNREACHED.test(ended.stdout + ended.stderr)) throw new SiteRefusal("away", "something of it cannot be reached");
    throw refusalOf("refused", order.site, "preview", ended, logs);
  };
  return {
    stage: previewed,
    admit: previewed,
    async apply(order, watch) {
      requireAsPlanned(project, order);
      await settleKilled(project, order.site);
      const args = ["--yes", "--skip-preview", ...judgedBy(project), ...refreshed(order)];
      const ended = await run(order.site, "up", args, watch);
      if (ended.code === 0) return;
      if (watch.signal.aborted) throw new SiteRefusal("interrupted", "its worker ended it");
      if (/currently locked/.test(ended.stderr)) throw new SiteRefusal("busy", "its stack is locked by another run");
      throw refusalOf("failed", order.site, "up", ended, logs);
    },
    async unhealthy(site, watch, probe) {
      try {
        const { well, needs } = await statusNow(project, site);
        if (!well) return needs.map(({ what }) => what).join(", ") || "it is not well";
        return probe && (await unanswered(project, site, probe, watch));
      } catch (error) {
        return (error as Error).message;
      }
    },
  };
}

/** Settles what a run that was killed has left, as a worker may have been in the middle of this very change. */
async function settleKilled(project: Project, site: string): Promise<void> {
  const configFile = join(project.folder, stackFile(project, site));
  const spec = specOf({ stack: site, configFile });
  const names = planSite(spec).machines.map(({ name }) => name);
  try {
    await recover({ folder: project.folder, stack: site, env: process.env }, project.name, placeOf(spec) ?? {}, names);
  } catch (error) {
    const run = `npx groundwork recover --stack ${site}`;
    if (!(error instanceof UnusableInput))
      throw new SiteRefusal("failed", `what a killed run has left cannot be settled; see ${run}`);
    throw new SiteRefusal(/: it is locked/.test(error.message) ? "busy" : "failed", error.message);
  }
}

/** The policies that the plan was judged by are asked again: some of them know only then. */
function judgedBy(project: Project): string[] {
  try {
    return packArguments(packOf(project));
  } catch (error) {
    throw error instanceof UnusableInput ? new SiteRefusal("refused", error.message) : error;
  }
}

/** Without it the engine compares with the state alone, and what was changed by hand stays. */
function refreshed({ refresh }: SiteOrder): string[] {
  return refresh ? ["--refresh"] : [];
}

/** Under the home of whoever works, one file a site. */
function logFolder(): string {
  return join(process.env.XDG_STATE_HOME || join(homedir(), ".local/state"), "groundwork/rollout");
}

/** Refuses whatever changed since the plan. */
function requireAsPlanned(project: Project, { site, digests }: SiteOrder): void {
  try {
    const now = sitesOf(project, [], [], site).find(({ name }) => name === site);
    if (now === undefined) throw new SiteRefusal("refused", `its worker's project has no site ${site}`);
    const facts = changedSince(digests, now.digests).map(({ fact }) => fact);
    if (facts.length > 0) throw new SiteRefusal("refused", facts.join(", "));
  } catch (error) {
    throw error instanceof UnusableInput ? new SiteRefusal("refused", error.message) : error;
  }
}

/** What stands in a rollout's history of a failed run: nothing that it printed, for that may hold what nobody is to read. */
function refusalOf(kind: "refused" | "failed", site: string, command: string, ended: Ended, logs: string): SiteRefusal {
  const problem = stateProblem(site, ended.stderr);
  const why = problem
    ? problem.fact
    : `failed (exit code ${ended.code}); read ${join(logs, `${site}.log`)} of its worker`;
  return new SiteRefusal(kind, `pulumi ${command}: ${why}`);
}

async function logged(project: Project, log: string, stack: string, args: string[], watch: Watch): Promise<Ended> {
  const file = createWriteStream(log, { flags: "a", mode: 0o600 });
  file.write(`\n${new Date().toISOString()} pulumi ${args.join(" ")}\n`);
  try {
    return await pulumi(
      { folder: project.folder, stack, env: process.env },
      args,
      (line) => {
        file.write(`${line}\n`);
      },
      watch.signal,
    );
  } finally {
    file.end();
  }
}
