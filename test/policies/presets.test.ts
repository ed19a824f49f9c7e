import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { presets } from "../../policies/presets";
import { allRules } from "../../site/judge/rules/catalog";
import { Project } from "../support/project";
import { installed, unchecked } from "../support/standins";
import { pack } from "../support/testCenter";
import { authorityProgram } from "./authority";

describe("presets", () => {
  it.each(Object.entries(presets))("%s names only rules and parameters that there are", (_, preset) => {
    for (const [id, set] of Object.entries(preset)) {
      const rule = allRules.find((known) => known.id === id);
      expect(rule, id).toBeDefined();
      if (typeof set !== "object") continue;
      const { enforcementLevel, ...given } = set as { enforcementLevel?: string };
      expect(["mandatory", "advisory", "disabled"]).toContain(enforcementLevel);
      expect(Object.keys(rule?.parameters ?? {})).toEqual(expect.arrayContaining(Object.keys(given)));
    }
  });
});

const program = authorityProgram({ validityPeriodHours: 8760, earlyRenewalHours: 720 });

describe("a preset, through the pulumi command", () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.create({ files: { "index.ts": program }, plugins: await installed("tls"), env: unchecked });
  });
  afterAll(() => project?.remove());
  const previewed = (...args: string[]) =>
    project.preview("--policy-pack", join(pack, "presets/edge-single-host"), ...args);

  it("asks for more than the pack does", async () => {
    const { code, output } = await previewed();
    expect(output).toContain(
      "authority: the certificate is renewed only when less than 30 days are left; set earlyRenewalHours to 1080 or more",
    );
    expect(output).toContain("groundwork-edge-single-host");
    expect(code).not.toBe(0);
  });

  it("yields to what the owner sets", async () => {
    project.write("policies.json", JSON.stringify({ "certificates-last": { days: 20 } }));
    const { code, output } = await previewed("--policy-pack-config", "policies.json");
    expect(output).not.toContain("[mandatory]");
    expect(code).toBe(0);
  });
});
