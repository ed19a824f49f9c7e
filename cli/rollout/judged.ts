import type { Candidate } from "../../fleet/rollout/plan";
import type { RolloutPolicy } from "../../fleet/rollout/schema";
import type { StackReport } from "../report/model";
import type { Project } from "../report/project";
import { report } from "../report/run";
import type { Site } from "./candidates";
import { withStanding } from "./standing";

/** What `groundwork report` says of each site, and whether those that are up have what the policy requires. */
export async function judged(
  project: Project,
  sites: readonly Site[],
  { refresh = false, require }: Pick<RolloutPolicy, "refresh" | "require">,
  { parallel }: { parallel: number },
  log: (text: string) => void,
): Promise<Candidate[]> {
  const stack = sites.map(({ name }) => name);
  const { text } = await report({ stack, format: "json", project: project.folder, parallel, refresh }, log);
  const { stacks } = JSON.parse(text) as { stacks: StackReport[] };
  const verdicts = new Map(stacks.map(({ stack, verdict }) => [stack, verdict]));
  const candidates = sites.map(
    (site): Candidate => ({
      ...site,
      verdict: verdicts.get(site.name) ?? { is: "unjudged", reasons: ["the report has no verdict"] },
    }),
  );
  if (require === undefined) return candidates;
  const waiting = [...candidates];
  const asking = async () => {
    for (let site = waiting.shift(); site !== undefined; site = waiting.shift())
      site.verdict = await withStanding(project, site.name, site.verdict, require);
  };
  await Promise.all(Array.from({ length: parallel }, asking));
  return candidates;
}
