import { describe, expect, test } from "vitest";
import { parseSite } from "../../site/description/parse";
import { type Applied, appliedOf, readApplied } from "../../site/life/applied";
import type { SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { nodesOf } from "../../site/plan/roles";
import { machineFiles } from "../../site/render/machine";
import { POD_ROUTES } from "../../site/render/routedNetwork";
import { site, threeHosts } from "../support/sites";

/** The plan of so many workers, against what stands as the state tells it. */
function planOf(count: number, standing?: Applied): SitePlan {
  const workers = [{ name: "general", count, cpus: 4, memoryGiB: 8 }];
  return planSite(parseSite(site(threeHosts, { workers })), { against: standing, standing });
}

function standing(plan: SitePlan): Applied {
  const read = readApplied(JSON.parse(JSON.stringify(appliedOf(plan))));
  if (!("applied" in read) || read.applied === undefined) throw new Error("it is not read");
  return read.applied;
}

const routes = (plan: SitePlan, name: string) => {
  const machine = plan.machines.find((each) => each.name === name);
  const file = machine && machineFiles(plan, machine).find(({ path }) => path === POD_ROUTES);
  return file?.content.join("").trim().split("\n").slice(1) ?? [];
};

describe("the way to the pods of nodes that leave (O4)", () => {
  const four = planOf(4);
  const two = planOf(2, standing(four));
  const leaving = nodesOf(four).filter(({ name }) => !two.machines.some((machine) => machine.name === name));
  const ways = leaving.map(({ podCidr, address }) => `${podCidr} ${address}`);

  test("stays on every node until they have left, and is known to the next plan", () => {
    expect(leaving.map(({ name }) => name)).toEqual(["shop-general-c", "shop-general-d"]);
    for (const { name } of nodesOf(two)) expect(routes(two, name)).toEqual(expect.arrayContaining(ways));
    const again = planOf(2, standing(two));
    expect(again).toEqual({ ...two, moves: again.moves });
    for (const machine of again.machines) expect(machineFiles(again, machine)).toEqual(machineFiles(two, machine));
    const three = planOf(3, standing(planOf(2, standing(again))));
    expect(three.left).toEqual([{ podCidr: leaving[1]?.podCidr, address: leaving[1]?.address }]);
  });

  test("is not there where none has left, and no more where they are back", () => {
    expect([four, planOf(4, standing(four)), planOf(4, standing(two))].map(({ left }) => left)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(appliedOf(four)).not.toHaveProperty("left");
    const back = planOf(4, standing(two));
    for (const { name } of nodesOf(back)) expect(routes(back, name)).toEqual(routes(four, name));
  });
});
