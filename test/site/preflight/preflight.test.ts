import { expect, test } from "vitest";
import { preflight } from "../../../site/judge/preflight";
import { plan, told, vcenter, wanted } from "./facts";

test("nothing is said where nothing stands in the way, and what was seen is (R9)", () => {
  expect(told(() => {})).toEqual([]);
  const lines = preflight(plan, wanted, vcenter(), new Set());
  expect(new Set(lines.map(({ state }) => state))).toEqual(new Set(["ok"]));
  expect(lines.map(({ path }) => path)).toContain("hypervisor.template");
});

test("real-vcenter-11: a vCenter that the plugin is not made for any more is told", () => {
  const products = (product: string) => told((facts) => Object.assign(facts, { product }));
  expect(products("VMware vCenter Server 7.0.3 build-19480866")).toEqual([
    expect.stringMatching(/^caution vCenter: it is VMware vCenter Server 7\.0\.3 .+not made for/),
  ]);
  expect(products("VMware vCenter Server 9.0.0 build-1")).toEqual([]);
  expect(products("VMware vCenter Server 12.0.1 build-1")).toEqual([]);
});
