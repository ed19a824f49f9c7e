import { describe, expect, test } from "vitest";
import type { VcenterFacts } from "../../../site/facts/vcenter";
import { deviceRefusals } from "../../../site/judge/preflight/storage";
import { plan, told, vcenter } from "./facts";

const store = (name: string, change: Partial<VcenterFacts["datastores"][number]>) => (facts: VcenterFacts) =>
  Object.assign(facts.datastores.find((each) => each.name === name) as object, change);

describe("datastores and the devices below them (L3)", () => {
  test.each([
    [
      store("esx-2-b", { accessible: false }),
      /^refused hosts\[1\]\.devices\[1\]\.datastore: esx-2-b is not accessible/,
    ],
    [store("esx-2-b", { maintenance: true }), /esx-2-b is in maintenance mode/],
    [store("esx-2-b", { hosts: ["esx-1"] }), /esx-2-b is not mounted on esx-2/],
    [
      store("esx-2-b", { extents: ["naa.fa7e2"] }),
      /esx-2-b lies on naa\.fa7e2, not on dev\.esx-2-2; write id: naa\.fa7e2/,
    ],
    [store("esx-2-b", { extents: ["dev.esx-2-2", "naa.f"] }), /esx-2-b spans dev\.esx-2-2 and naa\.f/],
    [store("esx-2-b", { extents: [] }), /^caution hosts\[1\]\.devices\[1\]\.id: vCenter knows no disk below esx-2-b/],
    [store("esx-2-b", { freeGiB: 1 }), /esx-2-b has 1 GiB free, and \d+ GiB of disks are planned on it/],
    [store("esx-2-b", { name: "renamed" }), /vCenter shows no datastore esx-2-b/],
  ])("%s", (change, expected) => {
    const lines = told(change);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(expected);
  });

  test("ids are compared as vCenter does: without regard to case", () => {
    expect(told(store("esx-2-b", { extents: ["DEV.ESX-2-2"] }))).toEqual([]);
  });

  test("disks of machines that are there already take no more room", () => {
    const full = (facts: VcenterFacts) => {
      store("esx-2-b", { freeGiB: 0 })(facts);
      facts.machines = plan.machines.map(({ name }) => ({ name, path: `/DC0/vm/${name}` }));
    };
    expect(
      told(
        full,
        plan.machines.map(({ name }) => name),
      ),
    ).toEqual([]);
  });
});

describe("devices of a site that runs", () => {
  const refused = (change: (facts: VcenterFacts) => void) =>
    deviceRefusals(plan, vcenter(change).datastores).map(({ path, fact, fix }) => `${path}: ${fact}; ${fix}`);
  const first = ({ datastores }: VcenterFacts) => datastores[0] as VcenterFacts["datastores"][number];

  test("are those that vCenter has below the datastores, in whatever case", () => {
    expect(refused(() => {})).toEqual([]);
    expect(refused((facts) => Object.assign(first(facts), { extents: ["DEV.ESX-1-1"] }))).toEqual([]);
  });

  test("are refused where the datastore lies on another, or on several", () => {
    expect(refused((facts) => Object.assign(first(facts), { extents: ["naa.fa7e2"] }))).toEqual([
      "hosts[0].devices[0].id: esx-1-a lies on naa.fa7e2, not on dev.esx-1-1; write id: naa.fa7e2",
    ]);
    expect(refused((facts) => Object.assign(first(facts), { extents: ["dev.esx-1-1", "naa.fa7e2"] }))).toEqual([
      "hosts[0].devices[0].id: esx-1-a spans dev.esx-1-1 and naa.fa7e2, and fails with any of them; use one disk each",
    ]);
  });

  test("are not judged by a datastore that is away: a site goes on without it", () => {
    expect(refused((facts) => void facts.datastores.shift())).toEqual([]);
    expect(refused((facts) => Object.assign(first(facts), { extents: [], accessible: false }))).toEqual([]);
  });
});
