import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repository } from "../../lab/toolchain/artifact";
import { ownPlugins, Project } from "../engine/project";

/** Tells in TypeScript what it was started by. */
const theirs = `
  import { PolicyPack } from "@pulumi/policy";
  const started: string = process.argv[1] ?? "nothing";
  new PolicyPack("theirs", { policies: [{
    name: "one", description: "one", enforcementLevel: "advisory", validateStack: (_, report) => report(started),
  }] });
`;

/** What the launcher prints first, and the command that it has become. */
async function launched(folder: string, env: NodeJS.ProcessEnv = {}): Promise<{ port: string; command: string[] }> {
  const child = spawn(join(repository, "policies/pulumi-analyzer-policy"), ["127.0.0.1:1", "."], {
    cwd: join(repository, folder),
    env: { ...process.env, ...env },
  });
  try {
    const [port] = (await once(child.stdout, "data")) as [Buffer];
    const command = readFileSync(`/proc/${child.pid}/cmdline`, "utf8").split("\0").filter(Boolean);
    return { port: port.toString().trim(), command };
  } finally {
    child.kill();
  }
}

describe("the launcher of policy packs", () => {
  it.each(["policies", "policies/presets/cis"])("starts the pack %s, and nothing before it", async (own) => {
    const { port, command } = await launched(own);
    expect(port).toMatch(/^\d+$/);
    expect(command).toEqual(["node", join(repository, own, "index.cjs"), "127.0.0.1:1", "."]);
  });

  it("starts none where a report serves one", async () => {
    const { port, command } = await launched("policies", { GROUNDWORK_POLICY_PORT: "4711" });
    expect(port).toBe("4711");
    expect(command).not.toContain("node");
  });
});

describe("in a project that starts policy packs as this one does", () => {
  let project: Project;
  beforeAll(async () => {
    project = await Project.create({
      files: {
        "Pulumi.yaml": JSON.stringify({ name: "project", main: "index.js", runtime: "nodejs", plugins: ownPlugins }),
        "index.js": "",
        "theirs/PulumiPolicy.yaml": "runtime: nodejs\n",
        "theirs/package.json": '{"name": "theirs", "version": "0.1.0", "main": "index.ts"}',
        "theirs/index.ts": theirs,
      },
    });
  });
  afterAll(() => project?.remove());

  it.each(["policies", "policies/presets/cis"])("the pack %s answers", async (own) => {
    const { code, output } = await project.preview("--policy-pack", join(repository, own));
    expect(output).toMatch(/groundwork(-cis)?@v/);
    expect(code).toBe(0);
  });

  it("somebody else's is started as Pulumi does", async () => {
    const { code, output } = await project.preview("--policy-pack", join(project.folder, "theirs"));
    expect(output).toContain("@pulumi/pulumi/cmd/run-policy-pack");
    expect(code).toBe(0);
  });

  it("the engine tells of one whose packages are not installed", async () => {
    rmSync(join(project.folder, "node_modules"));
    const { code, output } = await project.preview("--policy-pack", join(project.folder, "theirs"));
    expect(output).toContain("dependencies are not installed");
    expect(code).not.toBe(0);
  });
});
