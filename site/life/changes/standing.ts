import { POLICIES } from "../../description/changes/cluster";
import { runsKubeRouter } from "../../description/podNetwork";
import type { Problem } from "../../description/problem";
import type { SitePlan } from "../../plan/model";
import { type Applied, kmsRefused, membersCrossing, membersLost, membersStuck, rotationsRefused } from "../applied";
import { upgradeProblems } from "../upgrade";
import { volumesEnding } from "../volumes";
import { judgeChange } from "./judge";
import type { ChangeVerdict } from "./model";

/** Everything that is to be said of the way from what stands to what is planned. */
export function changeOfStanding(plan: SitePlan, applied: Applied): ChangeVerdict {
  const { refused, cautions } = judgeChange(plan, applied);
  // Of a site of another name nothing else is worth a word.
  if (refused.some(({ path }) => path === "name")) return { refused, cautions: [] };
  const enforced = runsKubeRouter(plan.spec) && applied.enforcesNetworkPolicy !== true ? [policiesBegin] : [];
  const others = [upgradeProblems, membersLost, membersStuck, membersCrossing, rotationsRefused, kmsRefused];
  return {
    refused: [...refused, ...others.flatMap((problemsOf) => problemsOf(plan, applied))],
    cautions: [...cautions, ...enforced, ...volumesEnding(plan, applied)],
  };
}

const policiesBegin: Problem = {
  path: "kubernetes.podNetwork.enforcesNetworkPolicy",
  fact: `NetworkPolicy is enforced from now on at a site that runs: ${POLICIES.says}`,
  fix: POLICIES.fix,
};
