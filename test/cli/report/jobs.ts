import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { repository } from "../../../lab/toolchain/artifact";
import { type Ended, Forge, run } from "./forge";

/** A forge's job: its scripts as they are written, but for `npm ci`, which needs a registry. */
export type Job = (clone: string, forge: Pick<Forge, "url">, env: NodeJS.ProcessEnv) => Promise<Ended>;

interface Step {
  run?: string;
  if?: string;
  env?: Record<string, string>;
}

/** The steps of `.github/workflows/report.yml`, one after another, until one fails. */
export const github: Job = async (clone, forge, env) => {
  const { jobs } = parse(readFileSync(join(repository, ".github/workflows/report.yml"), "utf8"));
  const outputs = join(clone, "../github-output");
  rmSync(outputs, { force: true });
  const expressions: Record<string, () => string> = {
    "github.token": () => Forge.token,
    "github.event.pull_request.number": () => "7",
    "steps.report.outputs.code": () => /^code=(.*)$/m.exec(readFileSync(outputs, "utf8"))?.[1] ?? "",
  };
  const filled = (text: string) =>
    text.replace(/\$\{\{ (.*?) \}\}/g, (_, name: string) => {
      const value = expressions[name];
      if (value === undefined) throw new Error(`${name}: not known of a job; add it`);
      return value();
    });
  const common = {
    ...env,
    GITHUB_API_URL: forge.url,
    GITHUB_REPOSITORY: "o/r",
    GITHUB_BASE_REF: "main",
    GITHUB_OUTPUT: outputs,
  };
  const all: Ended = { code: 0, output: "" };
  for (const step of jobs.report.steps as Step[]) {
    if (step.run === undefined || step.run === "npm ci") continue;
    if (step.if === "hashFiles('report.md') != ''" && !existsSync(join(clone, "report.md"))) continue;
    const own = Object.entries(step.env ?? {}).map(([name, value]) => [name, filled(value)]);
    const { code, output } = await run(filled(step.run), clone, { ...common, ...Object.fromEntries(own) });
    all.output += output;
    if (code !== 0) return { ...all, code };
  }
  return all;
};

/** The script of `.gitlab-ci.example.yml`. */
export const gitlab: Job = (clone, forge, env) => {
  const { report } = parse(readFileSync(join(repository, ".gitlab-ci.example.yml"), "utf8"));
  const script = (report.script as string[]).filter((line) => line !== "npm ci").join("\n");
  return run(script, clone, {
    ...env,
    CI_API_V4_URL: `${forge.url}/api/v4`,
    CI_PROJECT_ID: "1",
    CI_MERGE_REQUEST_IID: "7",
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
    REPORT_TOKEN: Forge.token,
  });
};
