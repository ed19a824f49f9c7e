import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Project } from "../support/project";
import { installed, unchecked } from "../support/standins";
import { pack } from "../support/testCenter";
import { authorityProgram } from "./authority";

const program = authorityProgram({ validityPeriodHours: 720, earlyRenewalHours: 480 });

describe("the pack's configuration", () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.create({ files: { "index.ts": program }, plugins: await installed("tls"), env: unchecked });
  });
  afterAll(() => project?.remove());

  const previewed = (config: unknown) => {
    project.write("policies.json", JSON.stringify(config));
    const file = join(project.folder, "policies.json");
    return project.preview("--policy-pack", pack, "--policy-pack-config", file);
  };
  const message =
    "authority: the certificate is renewed only when less than 20 days are left; set earlyRenewalHours to 1440 or more";

  it("has defaults that let a sound program pass", async () => {
    const { code, output } = await previewed({});
    expect(output).not.toContain("certificates-last");
    expect(code).toBe(0);
  });

  it("takes a policy's parameters", async () => {
    const { code, output } = await previewed({ "certificates-last": { days: 60 } });
    expect(output).toContain(`[mandatory]  certificates-last  (tls:index/selfSignedCert:SelfSignedCert: authority)`);
    expect(output).toContain(message);
    expect(code).not.toBe(0);
  });

  it("takes a policy's enforcement level", async () => {
    const { code, output } = await previewed({ "certificates-last": { days: 60, enforcementLevel: "advisory" } });
    expect(output).toContain("[advisory]  certificates-last");
    expect(output).toContain(message);
    expect(code).toBe(0);
  });

  it("takes exceptions until their last day, says them, and refuses one that has ended", async () => {
    const excepting = (days: number) => {
      const until = new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
      const exception = { rule: "certificates-last", resource: "authority", reason: "made anew by hand in May", until };
      return { until, config: { "certificates-last": { days: 60 }, settings: { exceptions: [exception] } } };
    };
    const current = excepting(1);
    const excused = await previewed(current.config);
    expect(excused.output).toContain(
      `certificates-last: ${message} (excepted until ${current.until}: made anew by hand in May)`,
    );
    expect(excused.output).not.toContain("[mandatory]");
    expect(excused.code).toBe(0);

    const ended = excepting(-1);
    const refused = await previewed(ended.config);
    expect(refused.output).toContain(
      `[mandatory]  certificates-last  (tls:index/selfSignedCert:SelfSignedCert: authority)`,
    );
    expect(refused.output).toContain(
      `the exception of authority from certificates-last ended on ${ended.until} (made anew by hand in May)`,
    );
    expect(refused.code).not.toBe(0);
  });

  it("refuses parameters that make no sense", async () => {
    const { code, output } = await previewed({
      "certificates-last": { days: "many" },
      settings: { exceptions: [{ rule: "etcd-memory", resource: "etcd-a", until: "2030-01-01" }] },
    });
    expect(output).toMatch(/certificates-last.*days/s);
    expect(output).toMatch(/settings.*reason/s);
    expect(code).not.toBe(0);
  });
});
