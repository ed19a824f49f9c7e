import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Fleet } from "../../fleet/file/schema";
import type { ServiceAddress } from "../../fleet/rollout/service";
import { SiteRefusal, type Watch } from "../../fleet/rollout/work";
import { drillAddresses } from "../../fleet/watch/place";
import type { Finding, WatchWork } from "../../fleet/watch/work";
import { formatProblem } from "../../site/description/problem";
import { specOf } from "../backup/running";
import { program } from "../process/program";
import { type Project, stackFile, stacksOf } from "../report/project";
import { statusNow } from "../status/now";
import { driftOf } from "./drift";
import { Findings } from "./findings";
import { FLEET_FILE, fleetIn } from "./render";
import { repaired } from "./repair";
import { post } from "./webhook";

/**
 * What watches the sites of a project, by the Pulumi CLI and their machines. The webhook's address is in its environment alone.
 *
 * @param where rollouts that mend sites are started
 */
export function watchWork(
  project: Project,
  env: NodeJS.ProcessEnv = process.env,
  where: ServiceAddress = {},
): WatchWork {
  const kept = Findings.of(project, env);
  return {
    async sites() {
      const fleet = fleetOf(project);
      return stacksOf(project).map((name) => ({ name, labels: fleet?.sites[name]?.labels ?? {} }));
    },
    async look(site) {
      const at = new Date().toISOString();
      const status = await outcome(statusNow(project, site, env));
      const drift = await outcome(driftOf(project, site, "value" in status && status.value.isBroughtUp));
      const found = [
        ...("value" in drift ? drift.value.what : []),
        ...("value" in status ? status.value.needs.map(({ what }) => what) : []),
      ];
      const unseen = [drift, status].flatMap((asked) => ("why" in asked ? [asked.why] : []));
      if (found.length === 0 && unseen.length > 0) return { site, at, is: "unseen", what: unseen };
      const is = found.length > 0 ? "found" : "as described";
      const mends = "value" in drift ? drift.value.mends : [];
      return { site, at, is, what: [...found, ...unseen], ...(mends.length > 0 && { mends }) };
    },
    async keep(findings: readonly Finding[]) {
      return kept.keep(findings);
    },
    async tell(findings) {
      const url = env.GROUNDWORK_WATCH_WEBHOOK;
      if (!url) return;
      try {
        await post(url, project.name, findings);
        kept.answered();
      } catch (error) {
        kept.answered(firstLine(error));
        throw error;
      }
    },
    async repair(sites) {
      const { repair } = fleetOf(project)?.watch ?? {};
      if (repair === undefined) return;
      const became = await outcome(repaired(project, sites, repair, { env, where }));
      kept.repaired("value" in became ? became.value : became.why);
    },
    drill: (site, watch) => drilled(project, site, env, watch),
  };
}

/** A drill at the place that the fleet's file gives it, by the command of that name; its record is what `fleet status` reads. */
async function drilled(project: Project, site: string, env: NodeJS.ProcessEnv, watch: Watch): Promise<void> {
  const { GROUNDWORK_DRILL_IDENTITY: identity } = env;
  if (!identity) throw new SiteRefusal("failed", "GROUNDWORK_DRILL_IDENTITY names no key that opens the backup");
  const fleet = fleetOf(project);
  const file = stackFile(project, site);
  const { cidr } = specOf({ stack: site, configFile: join(project.folder, file) }).network;
  const place = fleet && drillAddresses(fleet, cidr);
  if (place === undefined || "problems" in place)
    throw new SiteRefusal("failed", place?.problems.map(formatProblem).join("; ") ?? `there is no ${FLEET_FILE}`);
  const { machines, apiVip } = place;
  const args = ["drill", "--stack", site, "--config-file", file, "--machines", machines, "--api-vip", apiVip];
  const command = [join(__dirname, "../groundwork.cjs"), ...args, "--identity", identity];
  const { code, stderr } = await program(process.execPath, command, {
    cwd: project.folder,
    env,
    signal: watch.signal,
  });
  if (code !== 0) throw new SiteRefusal("failed", stderr.trim().split("\n")[0]?.slice(0, 500) || "it failed");
}

function fleetOf(project: Project): Fleet | undefined {
  return existsSync(join(project.folder, FLEET_FILE)) ? fleetIn(project) : undefined;
}

/** What it came to, or why it came to nothing. */
async function outcome<T>(asked: Promise<T>): Promise<{ value: T } | { why: string }> {
  try {
    return { value: await asked };
  } catch (error) {
    return { why: firstLine(error) };
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0]?.slice(0, 500) ?? "";
}
