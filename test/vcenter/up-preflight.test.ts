import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { repository } from "../../lab/toolchain/artifact";
import { program } from "../support/existingSite";
import { Project } from "../support/project";
import { installed } from "../support/standins";
import { startTestCenter, type TestCenter, vsphere } from "../support/testCenter";

let center: TestCenter;
let project: Project;
beforeAll(async () => {
  center = await startTestCenter();
  project = await Project.create({
    files: program,
    stack: "demo",
    plugins: [await vsphere(), ...(await installed("command", "tls", "kubernetes"))],
    env: center.datacenter.environment,
  });
});
afterAll(async () => {
  project?.remove();
  await center?.stop();
});

/** Previews the demo on this vCenter, its description changed. */
async function preview(hypervisor: Record<string, unknown>, config: Record<string, unknown> = {}) {
  const { config: demo } = parse(readFileSync(join(repository, "stacks/Pulumi.demo.yaml"), "utf8"));
  const site = structuredClone(demo["groundwork:site"]);
  const { server } = center.datacenter;
  site.hypervisor = { ...site.hypervisor, server, allowUnverifiedSsl: true, ...hypervisor };
  const settings = { ...demo, "groundwork:site": site, ...config };
  project.write("Pulumi.demo.yaml", JSON.stringify({ config: settings }));
  return project.preview();
}

describe("before the first machine is made", () => {
  it("what vCenter would refuse is told at once, and nothing else is asked (R9)", async () => {
    const { code, output } = await preview({ template: "no-such", network: "no-net" });
    expect(code).not.toBe(0);
    expect(output).toContain("vCenter would refuse it; nothing is made");
    expect(output).toMatch(/hypervisor\.network: vCenter shows no network no-net to this account; /);
    expect(output).toMatch(
      /hypervisor\.template: vCenter shows no virtual machine or template no-such to this account; /,
    );
    expect(output).not.toMatch(/vsphere:index:VirtualMachine|\n\s+at /);
  });

  it("a site that can be made is previewed", async () => {
    const { code, output } = await preview({});
    expect(output).not.toMatch(/vCenter would refuse|was not asked/);
    expect(code).toBe(0);
  });

  it("what its owner leaves out is told by vCenter itself", async () => {
    const { code, output } = await preview({ network: "no-net" }, { "groundwork:preflight": "false" });
    expect(code).not.toBe(0);
    expect(output).not.toContain("nothing is made");
    expect(output).toMatch(/hypervisor\.network: network no-net not found in DC0 of /);
  });
});
