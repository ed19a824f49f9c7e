import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { StackReport } from "../../cli/report/model";
import { projectIn } from "../../cli/report/project";
import { report } from "../../cli/report/run";
import { sitesOf } from "../../cli/rollout/candidates";
import { siteWork } from "../../cli/rollout/siteWork";
import type { SiteOrder } from "../../fleet/rollout/work";
import { repository } from "../../lab/toolchain/artifact";
import { message } from "../rollout/asking";
import { Project } from "../support/project";

// A project with a pack of its own and what is set for it: whatever judges or changes its sites asks both.

const environment = { ...process.env };
let project: Project;

beforeAll(async () => {
  const site = parse(readFileSync(join(repository, "docs/examples/01-box-under-the-counter.yaml"), "utf8"));
  project = await Project.create({
    files: {
      "index.ts":
        'import * as pulumi from "@pulumi/pulumi";\nnew pulumi.ComponentResource("test:index:Thing", "thing");\n',
      "policies/PulumiPolicy.yaml": "runtime: nodejs\nmain: index.js\n",
      "policies/package.json": '{"name": "pack", "version": "1.0.0", "main": "index.js"}\n',
      "policies/index.js": `const refuses = ({ resources }, violation) => {
  for (const { type, name } of resources) if (type === "test:index:Thing") violation(name + " is refused");
};
new (require("@pulumi/policy").PolicyPack)("pack", {
  policies: [{ name: "refuses", description: "refuses", enforcementLevel: "mandatory", validateStack: refuses }],
});
`,
    },
    config: { "groundwork:site": site },
  });
  Object.assign(process.env, project.env);
});
afterAll(() => {
  process.env = environment;
  project?.remove();
});

const judged = async () => {
  const options = { stack: ["test"], project: project.folder, parallel: 1, cache: false, format: "json" as const };
  const { text } = await report(options, () => {});
  return (JSON.parse(text) as { stacks: [StackReport] }).stacks[0].policies;
};
const orderNow = (): SiteOrder => {
  const [site] = sitesOf(projectIn(project.folder), [], [], "test");
  return { site: "test", digests: site?.digests as SiteOrder["digests"] };
};
const watch = { alive: () => {}, signal: new AbortController().signal };
const work = () => siteWork(projectIn(project.folder), join(project.folder, "../logs"));
const log = () => readFileSync(join(project.folder, "../logs/test.log"), "utf8");

describe("the policy pack of a project", () => {
  it("judges, and stops a rollout's change of a site that it refuses", async () => {
    expect((await judged()).mandatory.map(({ message: told }) => told)).toEqual(["thing is refused"]);
    expect(await message(work().stage(orderNow(), watch))).toMatch(/^pulumi preview: failed \(exit code/);
    expect(await message(work().apply(orderNow(), watch))).toMatch(/^pulumi up: failed \(exit code/);
    expect(log()).toContain("thing is refused");
  });

  it("is set by the project's policy-config.json, which belongs to what was planned", async () => {
    const before = orderNow();
    project.write("policy-config.json", '{"refuses": "disabled"}');
    expect((await judged()).mandatory).toEqual([]);
    expect(await message(work().apply(before, watch))).toBe("the program changed since the rollout was planned");
    await work().stage(orderNow(), watch);
    await work().apply(orderNow(), watch);
  });

  it("is not lost to a file that Pulumi would load in its place", async () => {
    project.write("policies.json", "{}");
    // What Pulumi itself says of it.
    expect((await project.preview("--policy-pack", "policies")).output).toContain("failed to start");
    expect(await message(judged())).toMatch(
      /policies\.json: it is loaded in place of the policy pack beside it; give it/,
    );
    rmSync(join(project.folder, "policies.json"));
  });

  it("is missed before anything is begun", async () => {
    rmSync(join(project.folder, "policies/PulumiPolicy.yaml"));
    expect(await message(work().apply(orderNow(), watch))).toMatch(/policies: there is no policy pack; name one/);
  });
});
