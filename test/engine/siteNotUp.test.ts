import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { Findings } from "../../cli/fleet/findings";
import { overviewOf } from "../../cli/fleet/overview";
import { projectIn } from "../../cli/report/project";
import { withStanding } from "../../cli/rollout/standing";
import { statusNow } from "../../cli/status/now";
import { repository } from "../../lab/toolchain/artifact";
import { Project } from "../support/project";

// A site of a fleet whose stack was made, and on which no `up` ran yet.

let project: Project;
beforeAll(async () => {
  const site = parse(readFileSync(join(repository, "docs/examples/01-box-under-the-counter.yaml"), "utf8"));
  project = await Project.create({ files: { "index.ts": "" }, config: { "groundwork:site": site } });
});
afterAll(() => project?.remove());

const verdict = { is: "safe" as const, reasons: [] };
const asked = (env: NodeJS.ProcessEnv) =>
  withStanding(projectIn(project.folder), "test", verdict, { backupHours: 24 }, env);

it("is not up in its fleet, and lacks nothing that a rollout requires of sites that are", async () => {
  const found = projectIn(project.folder);
  const { sites } = await overviewOf(found, {
    sites: [],
    parallel: 1,
    watched: new Findings(join(project.folder, "watched.json")),
    ask: (of, stack) => statusNow(of, stack, project.env),
  });
  expect(sites.map(({ stack, state, needs }) => [stack, state, needs[0]?.what])).toEqual([
    ["test", "not up", "--stack test: no site is up in it; run `pulumi up`"],
  ]);
  expect(await asked(project.env)).toEqual(verdict);
});

it("is not taken for one that is not up where its state cannot be read", async () => {
  expect(await asked({ ...project.env, PULUMI_BACKEND_URL: "file:///nowhere" })).toMatchObject({ is: "unjudged" });
});
