import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { parseDocument } from "yaml";
import { repository } from "../../lab/toolchain/artifact";
import { demo, labName, RunningSite } from "../support/lab/site";

const pack = ["--policy-pack", join(repository, "policies")];

describe("a site that is what its stack file says (R5)", () => {
  let site: RunningSite;
  beforeAll(async () => {
    site = await RunningSite.open();
  });

  it("took at most three SSH sessions on each machine to come up", () => {
    const logins = inject("firstLogins");
    expect(Object.keys(logins).sort()).toEqual(
      site
        .machines()
        .map(({ name }) => site.container(name))
        .sort(),
    );
    for (const [name, count] of Object.entries(logins)) {
      expect(count, name).toBeGreaterThanOrEqual(1);
      expect(count, name).toBeLessThanOrEqual(3);
    }
  });

  it("takes at most 4 GB of memory, all machines together", async () => {
    const filter = ["ps", "--quiet", "--filter", `label=groundwork.lab=${labName}`];
    const ids = (await site.run("docker", filter)).split("\n").filter(Boolean);
    const stats = await site.run("docker", ["stats", "--no-stream", "--format", "{{.MemUsage}}", ...ids]);
    const used = stats.split("\n").filter(Boolean).map(bytes);
    expect(used).toHaveLength(site.machines().length);
    expect(used.reduce((sum, each) => sum + each, 0)).toBeLessThan(4e9);
  });

  it("is found unchanged by a refresh, and previews no change after it, with the policy pack satisfied", async () => {
    const refreshed = await site.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
    expect(refreshed.code, refreshed.stdout + refreshed.stderr).toBe(0);
    const { code, stdout, stderr } = await site.pulumi("preview", "--expect-no-changes", ...pack);
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).not.toContain("[mandatory]");
  });

  it("is not touched by mistakes in its description, which are told at once with place and fix (R9)", async () => {
    const document = parseDocument(readFileSync(join(repository, "stacks/Pulumi.demo.yaml"), "utf8"));
    document.setIn(["config", "groundwork:site", "network", "machines"], "10.42.0.60-10.42.0.10");
    document.setIn(["config", "groundwork:site", "network", "apiVip"], "192.0.2.5");
    const folder = mkdtempSync(join(tmpdir(), "groundwork-mistakes-"));
    try {
      const stack = join(folder, "Pulumi.mistaken.yaml");
      writeFileSync(stack, document.toString({ lineWidth: 0 }));
      const { code, text } = await demo("--stack", stack);
      expect(code, text).toBe(1);
      expect(text).toMatch(/network\.machines: \S+ runs backwards; write the lower address first/);
      expect(text).toMatch(/network\.apiVip: .*192\.0\.2\.5.*; /);
      expect(text).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is not touched by another `npm run demo`", async () => {
    const before = await site.kubectl("get", "nodes", "-o", "jsonpath={.items[*].metadata.uid}");
    const { code, text } = await demo();
    expect(code, text).toBe(0);
    expect(text).toContain("Nothing changed: the site is what its stack file says.");
    expect(await site.kubectl("get", "nodes", "-o", "jsonpath={.items[*].metadata.uid}")).toBe(before);
    const last = JSON.parse(
      await site.run("pulumi", ["stack", "history", "--json", "--page-size", "1", "--stack", labName]),
    ) as [{ kind: string; result: string; resourceChanges: Record<string, number> }];
    expect(last[0]).toMatchObject({ kind: "update", result: "succeeded" });
    expect(Object.keys(last[0].resourceChanges)).toEqual(["same"]);
    expect(last[0].resourceChanges.same).toBeGreaterThan(100);
  });
});

/** The used part of what `docker stats` says: `71.5MiB / 23.5GiB`, without the cache that can be dropped. */
function bytes(usage: string): number {
  const [, number, unit = ""] = /^([\d.]+)(B|KiB|MiB|GiB)/.exec(usage) ?? [];
  const factor = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 }[unit];
  if (number === undefined || factor === undefined) throw new Error(`docker stats: "${usage}" is no amount of memory`);
  return Number(number) * factor;
}
