import { describe, expect, it } from "vitest";
import { parseSite } from "../../site/description/parse";
import type { Facts } from "../../site/facts/model";
import { factsOfPlan } from "../../site/facts/plan";
import { devicesHaveSpace } from "../../site/judge/rules/capacity";
import { planSite } from "../../site/plan/plan";
import { site, threeHosts } from "../support/sites";

const plan = planSite(parseSite(site(threeHosts)));
const worker = plan.machines.find(({ name }) => name === "shop-general-a");
const device = worker?.disks[0]?.device ?? "";

/** The facts of a site whose one device has so much space. */
function facts(capacityGiB: number): Facts {
  const of = factsOfPlan(plan);
  return { ...of, devices: of.devices.map((d) => (d.id === device ? { ...d, capacityGiB } : d)) };
}

const disksGiB = plan.machines
  .flatMap(({ disks }) => disks)
  .reduce((sum, d) => sum + (d.device === device ? d.sizeGiB : 0), 0);
const swapGiB = plan.machines
  .filter(({ disks: [system] }) => system?.device === device)
  .reduce((sum, { memoryGiB, reservation }) => sum + memoryGiB - reservation.memoryGiB, 0);

describe("real-vcenter 14: the space of a device", () => {
  it("holds its disks and the swap files of the machines that start on it", () => {
    expect(swapGiB).toBeGreaterThanOrEqual(16);
    expect(devicesHaveSpace.check(facts(disksGiB + swapGiB))).toEqual([]);
  });

  it("is told where swap files fill it once its machines run", () => {
    expect(devicesHaveSpace.check(facts(disksGiB + swapGiB - 1))).toEqual([
      {
        path: `devices.${device}`,
        severity: "advisory",
        message: `the disks on ${device} have ${disksGiB} GiB and swap files of their machines up to ${swapGiB}, the device has ${disksGiB + swapGiB - 1}: once it is full, no machine on it starts`,
      },
    ]);
  });

  it("is refused where the disks alone do not fit", () => {
    expect(devicesHaveSpace.check(facts(disksGiB - 1))).toEqual([
      {
        path: `devices.${device}`,
        message: `the disks on ${device} have ${disksGiB} GiB, the device has ${disksGiB - 1}`,
      },
    ]);
  });

  it("is not asked for swap files of servers that exist", () => {
    expect(devicesHaveSpace.check({ ...facts(disksGiB), hypervisor: "existing" })).toEqual([]);
  });
});
