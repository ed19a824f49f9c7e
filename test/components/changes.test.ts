import { afterEach, describe, expect, it } from "vitest";
import { noPreview } from "../../cli/report/preview";
import { stackReport } from "../../cli/report/stack";
import { parseSite } from "../../site/description/parse";
import type { SiteInput } from "../../site/description/spec";
import { factsOfPlan } from "../../site/facts/plan";
import { changeFindings } from "../../site/judge/change";
import { formatFinding } from "../../site/judge/rules";
import { appliedOf } from "../../site/life/applied";
import { planSite } from "../../site/plan/plan";
import { program } from "../support/existingSite";
import { Project } from "../support/project";
import { site, threeHosts } from "../support/sites";

let project: Project | undefined;
afterEach(() => project?.remove());

const before = site(threeHosts);
const standing = appliedOf(planSite(parseSite(before)));

/** The stack of a site that was brought up: of its state, what the next run reads. */
async function stackOf(after: SiteInput): Promise<Project> {
  project = await Project.create({
    files: program,
    config: { "groundwork:site": after },
    env: { VSPHERE_USER: "reader", VSPHERE_PASSWORD: "none" },
  });
  const type = "pulumi:pulumi:Stack";
  // As a state holds a secret before it is imported.
  const hidden = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
  const outputs = { standing: { ...hidden, plaintext: JSON.stringify(standing) } };
  await project.import({
    version: 3,
    deployment: {
      manifest: { time: "2026-01-01T00:00:00Z", magic: "", version: "" },
      resources: [{ urn: `urn:pulumi:test::groundwork::${type}::groundwork-test`, custom: false, type, outputs }],
    },
  } as never);
  return project;
}

const changes: [string, SiteInput][] = [
  ["the pods' and the services' network", network({ podCidr: "10.200.0.0/16", serviceCidr: "10.97.0.0/16" })],
  ["its name", { ...before, name: "store" }],
  ["a range without its machines", network({ machines: "10.0.42.80-10.0.42.160" })],
];

function network(more: Partial<SiteInput["network"]>): SiteInput {
  return { ...before, network: { ...before.network, ...more } };
}

describe("a change that a site which runs cannot take", () => {
  it.each(changes)(
    "is refused in the same words by preview, `up`, `plan --against` and the report: %s",
    async (_, after) => {
      const plan = planSite(parseSite(after), { against: standing });
      const problems = changeFindings(plan, standing)
        .filter(({ severity }) => severity === "mandatory")
        .map(formatFinding);
      expect(problems.length).toBeGreaterThan(0);

      const stack = await stackOf(after);
      const runs = [await stack.preview(), await stack.up("--skip-preview")];
      for (const { code, output } of runs) {
        expect(code).not.toBe(0);
        expect(output).toContain(`${plan.site}: refused before anything is changed`);
        for (const problem of problems) expect(output).toContain(problem);
        expect(output).not.toMatch(/groundwork:index:|vsphere:|^\s+at /m);
      }

      const broken = { ...noPreview("test", `${plan.site}: refused before anything is changed`), standing };
      const now = { plan: planSite(parseSite(after)), facts: factsOfPlan(plan), refused: [] };
      const { verdict } = stackReport(broken, { now, problems: [] });
      expect(verdict).toMatchObject({ is: "unsafe", reasons: problems });
    },
  );
});
