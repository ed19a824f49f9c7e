import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { repository } from "../../lab/toolchain/artifact";
import { ownRuntime, Project } from "../support/project";

const program = `
import * as pulumi from "@pulumi/pulumi";

class Account extends pulumi.ComponentResource {
  constructor(name: string, args: { password: string }) {
    super("example:index:Account", name, args);
  }
}
export = async () => {
  new Account("it", { password: "hunter2" });
};
`;
const finding = "it: password holds a password that is no Pulumi secret";

describe("this repository, installed without what only its development needs", () => {
  const root = mkdtempSync(join(tmpdir(), "groundwork-production-"));
  const installed = join(root, "groundwork");
  let project: Project | undefined;

  beforeAll(async () => {
    const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: repository,
      encoding: "utf8",
    });
    const isThere = (file: string) => file !== "" && (file === "lab/package.json" || !/^(lab|test)\//.test(file));
    for (const file of files.split("\0").filter(isThere))
      cpSync(join(repository, file), join(installed, file), { force: true });
    const args = ["ci", "--omit=dev", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
    execFileSync("npm", args, { cwd: installed, stdio: ["ignore", "ignore", "pipe"], timeout: 500_000 });

    project = await Project.create({
      files: {
        "Pulumi.yaml": stringify({
          name: "project",
          main: "index.ts",
          runtime: JSON.parse(JSON.stringify(ownRuntime).replaceAll(repository, installed)),
        }),
        "index.ts": program,
      },
    });
    rmSync(join(project.folder, "node_modules"));
    symlinkSync(join(installed, "node_modules"), join(project.folder, "node_modules"));
  });
  afterAll(() => {
    project?.remove();
    rmSync(root, { recursive: true, force: true });
  });

  it("judges a preview by its policy pack", async () => {
    const ended = await project?.preview("--policy-pack", join(installed, "policies"));
    expect(ended?.output).toContain("[mandatory]  secrets-marked");
    expect(ended?.output).toContain(finding);
    expect(ended?.code).not.toBe(0);
  });

  it("reports what the change does", () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        join(installed, "cli/groundwork.cjs"),
        "report",
        "--stack",
        "test",
        "--policy-pack",
        join(installed, "policies"),
      ],
      { cwd: project?.folder, env: project?.env, encoding: "utf8" },
    );
    expect(stderr).toBe("");
    expect(stdout).toContain("Unsafe");
    expect(stdout).toContain(finding);
    expect(status).toBe(1);
  });
});
