import { afterEach, describe, expect, it } from "vitest";
import { parseSite } from "../../site/description/parse";
import { savedText } from "../../site/life/saved";
import { planSite } from "../../site/plan/plan";
import { program } from "../support/existingSite";
import { Project, type ProjectArgs } from "../support/project";
import { host, site, threeHosts } from "../support/sites";
import { installed, unchecked } from "../support/standins";

let project: Project | undefined;
afterEach(() => project?.remove());

/** A preview of a vSphere site beside a saved plan; nothing is asked of a vCenter before the plan is judged. */
async function preview(input: unknown, saved: string, more: Partial<ProjectArgs> = {}): Promise<string> {
  project = await Project.create({
    files: { ...program, "stacks/test.plan.json": saved },
    plugins: more.plugins,
    config: { "groundwork:site": input, ...more.config },
    env: { VSPHERE_USER: "reader", VSPHERE_PASSWORD: "none", ...unchecked },
  });
  return (await project.preview()).output;
}

const before = savedText(planSite(parseSite(site(threeHosts))));

describe("`up` beside a saved plan", () => {
  it("refuses a description that would move a machine, with the reason, before anything is made", async () => {
    const output = await preview(site([...threeHosts.slice(0, 2), host("esx-4")]), before);
    expect(output).toContain("shop: this is not what its saved plan says; run `npx groundwork plan FILE --save`");
    expect(output).toContain(
      "machines.shop-etcd-c: it would move from esx-3 (esx-3-a) to esx-4 (esx-4-a): host esx-3 is no longer there; save the plan if you want that",
    );
    expect(output).not.toContain("groundwork:index:Site");
    expect(output).not.toMatch(/^\s+at /m);
  });

  it("holds machines where they are when a better host is added", async () => {
    const better = host("esx-0", { cpus: 64, memoryGiB: 512, reliability: 9 });
    const output = await preview(site([better, ...threeHosts]), before, {
      plugins: await installed("command", "tls", "kubernetes"),
    });
    expect(output).not.toContain("saved plan");
    expect(output).toContain("groundwork:index:Site shop create");
  });

  it("tells of a saved plan that is none, and of one that is not there", async () => {
    expect(await preview(site(threeHosts), "{}")).toContain(
      "stacks/test.plan.json machines: it is missing; use what groundwork plan wrote",
    );
    project?.remove();
    expect(await preview(site(threeHosts), before, { config: { "groundwork:plan": "elsewhere.json" } })).toContain(
      "elsewhere.json: there is no such file; correct groundwork:plan",
    );
  });
});
