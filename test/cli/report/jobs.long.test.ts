import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { repository } from "../../../lab/toolchain/artifact";
import { Forge } from "./forge";
import { github, gitlab } from "./jobs";

const linked = ["cli", "components", "site", "policies", "sdks", "node_modules", "package.json", "tsconfig.json"];
const described = "stacks/Pulumi.demo.yaml";

/** A project in git as its owner pushes it. */
function pushed(root: string): string {
  const folder = join(root, "project");
  mkdirSync(join(folder, "stacks"), { recursive: true });
  for (const name of linked) symlinkSync(join(repository, name), join(folder, name));
  for (const name of ["infra", "Pulumi.yaml", described])
    cpSync(join(repository, name), join(folder, name), { recursive: true });
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, stdio: "pipe" });
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("-c", "user.name=test", "-c", "user.email=test@example.org", "commit", "-q", "-m", "a site");
  return folder;
}

// No engine answers here: what a job does is shown with what the description alone says. A report with an engine is
// shown in test/report.
describe.each([
  ["GitHub", github],
  ["GitLab", gitlab],
])("the job for %s, in a fresh clone", (_, job) => {
  const root = mkdtempSync(join(tmpdir(), "groundwork-job-"));
  const clone = join(root, "clone");
  const env = {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${join(root, "nowhere")}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_HOME: join(root, "home"),
    XDG_CACHE_HOME: join(root, "cache"),
  };
  let forge: Forge;
  beforeAll(async () => {
    execFileSync("git", ["clone", "-q", pushed(root), clone], { stdio: "pipe" });
    forge = await Forge.start();
    forge.chat(120);
  });
  afterAll(() => {
    forge?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  const page = () => readFileSync(join(clone, "report.html"), "utf8");

  it("comments what a mandatory rule refuses, keeps the page, and fails", async () => {
    const stack = parse(readFileSync(join(clone, described), "utf8"));
    stack.config["groundwork:site"].workload = { cpus: 30, memoryGiB: 100 };
    writeFileSync(join(clone, described), stringify(stack));
    const { code, output } = await job(clone, forge, env);
    expect(code, output).toBe(1);
    expect(forge.comments).toHaveLength(121);
    expect(forge.comments[120]?.body).toMatch(/^## .*Unsafe: demo: /);
    expect(forge.comments[120]?.body).toContain("the workload needs 30 and 100");
    expect(page()).toMatch(/^<!doctype html>/i);
  });

  it("updates its comment once that is mended, and passes", async () => {
    execFileSync("git", ["checkout", "-q", "--", "."], { cwd: clone });
    const { code, output } = await job(clone, forge, env);
    expect(code, output).toBe(0);
    expect(forge.comments).toHaveLength(121);
    expect(forge.comments[120]?.body).toMatch(/^## .*Safe: no site is touched\n/);
    expect(page()).toContain("Safe: no site is touched");
  });

  it("fails when the forge does not take the comment", async () => {
    const { code } = await job(clone, forge.deaf(), env);
    expect(code).not.toBe(0);
    expect(forge.comments).toHaveLength(121);
  });
});
