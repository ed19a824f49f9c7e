import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runPlan, savedPlanFile } from "../../cli/plan/command";
import type { SiteInput } from "../../site/description/spec";
import { host, site, threeHosts } from "../support/sites";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "saved-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function plan(input: SiteInput, options: { save?: boolean; json?: boolean } = {}) {
  const file = join(folder, "Pulumi.shop.yaml");
  writeFileSync(file, JSON.stringify({ config: { "groundwork:site": input } }));
  let [out, err] = ["", ""];
  const code = runPlan(
    file,
    options,
    (text) => {
      out += text;
    },
    (text) => {
      err += text;
    },
  );
  return { code, out, err };
}
const kept = () => readFileSync(join(folder, "shop.plan.json"), "utf8");

describe("groundwork plan --save", () => {
  test("keeps the plan beside the stack file", () => {
    expect(savedPlanFile("stacks/Pulumi.shop.yaml")).toBe("stacks/shop.plan.json");
    expect(savedPlanFile("site.json")).toBe("site.plan.json");
    expect(plan(site(threeHosts), { save: true }).code).toBe(0);
    expect(JSON.parse(kept()).machines).toHaveLength(9);
  });

  test("from then on nothing moves, and what is not saved yet is told", () => {
    plan(site(threeHosts), { save: true });
    const first = kept();
    expect(plan(site([host("esx-0"), ...threeHosts])).err).toBe("");
    const more = plan(site(threeHosts, { workers: [{ name: "general", count: 3, cpus: 4, memoryGiB: 16 }] }));
    expect(more.err).toBe("machines.shop-general-c: it is new, on esx-1; save the plan if you want that\n");
    expect(kept()).toBe(first);
  });

  test("a move is told with its reason, and saved only when it is asked for", () => {
    plan(site(threeHosts), { save: true });
    const without = site([...threeHosts.slice(0, 2), host("esx-4")]);
    const told = plan(without);
    expect(told.err).toContain(
      "machines.shop-etcd-c: it would move from esx-3 (esx-3-a) to esx-4 (esx-4-a): host esx-3",
    );
    expect(told.out).toContain("move shop-etcd-c from esx-3 (esx-3-a, esx-3-a) to esx-4");
    expect(kept()).toContain('"host":"esx-3"');
    expect(plan(without, { save: true }).code).toBe(0);
    expect(kept()).not.toContain('"host":"esx-3"');
    expect(plan(without).err).toBe("");
  });

  test("an unsafe plan is not saved", () => {
    const { code, err } = plan(site([host("esx-1", { deviceCount: 1, memoryGiB: 256 })]), { save: true });
    expect(code).toBe(1);
    expect(err).toContain("an unsafe plan is not saved; mend the mandatory findings first");
    expect(kept).toThrow();
  });

  test("a saved plan that is none is unusable input", () => {
    writeFileSync(join(folder, "shop.plan.json"), '{"machines": 1}');
    const { code, out, err } = plan(site(threeHosts));
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("shop.plan.json machines: 1 is not what a plan has there; use what");
  });
});
