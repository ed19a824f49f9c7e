import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repository } from "../../lab/toolchain/artifact";
import { standinPlugins } from "../../lab/toolchain/standins";
import { allRules } from "../../site/judge/rules/catalog";
import type { Resource } from "../support/demoStack";
import { Project } from "../support/project";
import { installed, unchecked } from "../support/standins";
import { pack } from "../support/testCenter";
import { throughPlugins as breakages } from "./shown";

describe("the rules about objects, through the pulumi command", () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.create({
      files: { "index.ts": readFileSync(join(__dirname, "objectsProgram/index.ts"), "utf8") },
      plugins: await installed("command", "tls", "kubernetes"),
      env: unchecked,
    });
  });
  afterAll(() => project?.remove());

  /** Names of resources lose what tells the lists apart. */
  async function previewed(lists: Resource[][], from = pack) {
    const versions = Object.fromEntries(standinPlugins.map(({ name, version }) => [name, version]));
    project.write("resources.json", JSON.stringify({ lists, versions }));
    const { code, output } = await project.preview("--policy-pack", from);
    return { code, output: output.replaceAll(/\b\d+-(?=(it|ca|leaf|budget|send)\b)/g, "") };
  }

  it("lets pass what is sound", async () => {
    const { code, output } = await previewed(breakages.map(({ sound }) => sound));
    expect(output.split("\n").filter((line) => line.includes("[mandatory]") || line.includes("error"))).toEqual([]);
    expect(breakages.filter(({ says }) => output.includes(says)).map(({ rule }) => rule)).toEqual([]);
    expect(code).toBe(0);
  });

  it("refuses every breakage", async () => {
    const { code, output } = await previewed(breakages.map(({ broken }) => broken));
    const missing = breakages.flatMap(({ rule, says }) => {
      const level = allRules.find(({ id }) => id === rule)?.severity;
      return output.includes(says) && output.includes(`[${level}]  ${rule} `) ? [] : [says];
    });
    expect(missing, output).toEqual([]);
    expect(code).not.toBe(0);
  });

  it("refuses what a rule could not judge, because the rule failed", async () => {
    const folder = join(project.folder, "failing");
    mkdirSync(folder);
    const index = `
      require("tsx/cjs");
      const { PolicyPack } = require("@pulumi/policy");
      const { policies } = require("${pack}/policies.ts");
      const { allRules } = require("${repository}/site/judge/rules/catalog.ts");
      const fail = () => { throw new Error("no such field"); };
      const rules = allRules.map((rule) => (rule.id === "workload-limits" ? { ...rule, check: fail } : rule));
      new PolicyPack("failing", { policies: policies(undefined, rules) });`;
    writeFileSync(join(folder, "index.cjs"), index);
    writeFileSync(join(folder, "package.json"), '{"name": "failing", "version": "0.1.0", "main": "index.cjs"}');
    writeFileSync(join(folder, "PulumiPolicy.yaml"), "runtime: nodejs\nmain: index.cjs\n");
    const sound = breakages.filter(({ rule }) => rule === "workload-limits").map((breakage) => breakage.sound);
    const { code, output } = await previewed(sound, folder);
    expect(output).toContain(
      "it: could not be judged by workload-limits, which failed (no such field); correct the policy",
    );
    expect(code).not.toBe(0);
  });
});
