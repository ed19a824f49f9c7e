import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Fleet } from "../../fleet/file/schema";
import { SiteRefusal, type Watch } from "../../fleet/rollout/work";
import { drillAddresses } from "../../fleet/watch/place";
import type { Finding, WatchWork } from "../../fleet/watch/work";
import { formatProblem } from "../../site/description/problem";
import { specOf } from "../backup/running";
import { program } from "../process/program";
import type { StackReport } from "../report/model";
import { type Project, stackFile, stacksOf } from "../report/project";
import { report } from "../report/run";
import { lookAt } from "../status/look";
import { Findings } from "./findings";
import { FLEET_FILE, fleetIn } from "./render";
import { post } from "./webhook";

/** What watches the sites of a project, by the Pulumi CLI and their machines. The webhook's address is in its environment alone. */
export function watchWork(project: Project, env: NodeJS.ProcessEnv = process.env): WatchWork {
  const kept = Findings.of(project, env);
  return {
    async sites() {
      const fleet = fleetOf(project);
      return stacksOf(project).map((name) => ({ name, labels: fleet?.sites[name]?.labels ?? {} }));
    },
    async look(site) {
      const at = new Date().toISOString();
      const [found, unseen] = [[] as string[], [] as string[]];
      for (const ask of [() => drifted(project, site), () => needsOf(project, site, env)])
        try {
          found.push(...(await ask()));
        } catch (error) {
          unseen.push(firstLine(error));
        }
      if (found.length === 0 && unseen.length > 0) return { site, at, is: "unseen", what: unseen };
      return { site, at, is: found.length > 0 ? "found" : "as described", what: [...found, ...unseen] };
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
    drill: (site, watch) => drilled(project, site, env, watch),
  };
}

/** What is other than the state says, what was described and never brought up, and what makes the site unsafe. @throws Error if nobody can tell */
async function drifted(project: Project, site: string): Promise<string[]> {
  const options = { stack: [site], format: "json" as const, project: project.folder, refresh: true, parallel: 1 };
  const { text } = await report({ ...options, cache: false }, () => {});
  const { stacks } = JSON.parse(text) as { stacks: StackReport[] };
  const [told] = stacks;
  if (told === undefined) throw new Error("its preview told nothing");
  if (told.errors.length > 0) throw new Error(firstLine(new Error(told.errors[0])));
  const drift = told.changes.filter(({ op }) => op === "found");
  const names = new Set(drift.map(({ name }) => name));
  const behind = told.changes.filter(({ op, name }) => op !== "found" && !names.has(name));
  return [
    ...drift.map(({ name, properties }) => {
      const paths = properties.map(({ path }) => path).filter(Boolean);
      return paths.length === 0 ? `${name} is gone` : `${name} was changed by hand: ${paths.join(", ")}`;
    }),
    ...(behind.length > 0 ? [`what is described was not brought up: ${behind.length} resources differ`] : []),
    ...(told.verdict.is === "unsafe" ? told.verdict.reasons : []),
  ];
}

/** What `groundwork status` says of it. */
async function needsOf(project: Project, site: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const configFile = join(project.folder, stackFile(project, site));
  const look = await lookAt({ folder: project.folder, stack: site, env }, specOf({ stack: site, configFile }));
  return (await look()).needs.map(({ what }) => what);
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

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0]?.slice(0, 500) ?? "";
}
