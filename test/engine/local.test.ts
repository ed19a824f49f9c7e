import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Project } from "../support/project";
import { installed, unchecked } from "../support/standins";

let project: Project;
let folder: string;

async function up(text: string) {
  project.write(
    "index.ts",
    `import * as pulumi from "@pulumi/pulumi"; import { local } from "@pulumi/command"; ${text}`,
  );
  return project.up("--skip-preview");
}

async function outputs(): Promise<Record<string, unknown>> {
  return JSON.parse((await project.run("stack", "output", "--json", "--stack", "test")).output);
}

const destroy = () => project.run("destroy", "--yes", "--skip-preview", "--stack", "test");

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "groundwork-local-"));
  project = await Project.create({ files: { "index.ts": "" }, env: unchecked, plugins: await installed("command") });
});

afterAll(() => {
  project?.remove();
  if (folder) rmSync(folder, { recursive: true });
});

describe("command:local:Command", () => {
  it("runs in its folder, with its interpreter, environment and input, and brings back files", async () => {
    writeFileSync(join(folder, "kept.txt"), "kept");
    const ended = await up(`
      const made = new local.Command("made", {
        dir: "${folder}", interpreter: ["/bin/bash", "-c"], environment: { GREETING: "hello" }, stdin: "input",
        create: "echo $GREETING $(cat) \${BASH_VERSION:+bash}; touch made.txt secret.txt; rm -f deleted.txt",
        delete: "rm made.txt", assetPaths: ["*.txt", "!secret*"],
      });
      export const stdout = made.stdout;
      export const assets = made.assets.apply((assets) => Object.keys(assets ?? {}).sort());
    `);
    expect(ended.code).toBe(0);
    expect(await outputs()).toEqual({ stdout: "hello input bash", assets: ["kept.txt", "made.txt"] });
    await destroy();
    expect(existsSync(join(folder, "made.txt"))).toBe(false);
  });

  it("is not run when nothing changed, nor in a preview", async () => {
    const text = `new local.Command("counted", { create: "echo run >> ${folder}/count" });`;
    await up(text);
    expect((await project.preview()).output).toContain("2 unchanged");
    expect((await up(text)).output).toContain("2 unchanged");
    expect(readFileSync(join(folder, "count"), "utf8")).toBe("run\n");
    await destroy();
  });

  it("keeps its last state when an update fails, so that the next one tries again", async () => {
    const text = (update: string) => `
      const made = new local.Command("made", { create: "echo first", update: "${update}" });
      export const stdout = made.stdout;`;
    await up(text("true"));
    const failed = await up(text("echo broken >&2; exit 3"));
    expect(failed.output).toContain("here: the command exited with status 3:\n    broken");
    expect(await outputs()).toEqual({ stdout: "first" });
    expect((await up(text("echo mended"))).output).toContain("~ 1 updated");
    expect(await outputs()).toEqual({ stdout: "mended" });
    await destroy();
  });

  it("marks its outputs as secrets when an input is one", async () => {
    await up(`
      const made = new local.Command("made", { create: "cat", stdin: pulumi.secret("hidden-word") , logging: "none" });
      export const stdout = made.stdout;
    `);
    expect(await outputs()).toEqual({ stdout: "[secret]" });
    expect((await project.run("stack", "export", "--stack", "test")).output).not.toContain("hidden-word");
    await destroy();
  });

  it("is refused with all that is wrong with it", async () => {
    const ended = await up(`
      new local.Command("wrong", { create: 1, logging: "loud", environment: { A: { b: 1 } } } as any);
    `);
    expect(ended.output).toContain("create: is a number; give a string");
    expect(ended.output).toContain('logging: is "loud"; use one of stdout, stderr, stdoutAndStderr, none');
    expect(ended.output).toContain("environment.A: is a object; give a string");
  });
});

describe("command:local:run", () => {
  it("runs every time, in a preview too", async () => {
    project.write(
      "index.ts",
      `import { local } from "@pulumi/command";
       export const stdout = local.runOutput({ command: "echo run >> ${folder}/runs; echo $WHO", environment: { WHO: "me" } }).stdout;`,
    );
    await project.preview();
    await project.up("--skip-preview");
    expect(await outputs()).toEqual({ stdout: "me" });
    expect(readFileSync(join(folder, "runs"), "utf8")).toBe("run\nrun\n");
  });
});
