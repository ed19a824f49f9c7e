import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Project, projectIn, stacksOf } from "../../../cli/report/project";
import { baseOf, fileAt, touchedSince } from "../../../cli/report/revision";

let folder: string;
let project: Project;
const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", ...args], { cwd: folder, stdio: "pipe" });
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const touched = async () => touchedSince(project, await baseOf(project, "main"));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "groundwork-revision-"));
  write("Pulumi.yaml", "name: p\nruntime: {name: nodejs}\nmain: infra\nstackConfigDir: stacks\n");
  for (const stack of ["one", "two", "three.eu"]) write(`stacks/Pulumi.${stack}.yaml`, "config: {}\n");
  write("infra/index.ts", "export {};\n");
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("commit", "-q", "-m", "base");
  git("checkout", "-q", "-b", "change");
  project = projectIn(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a change touches", () => {
  it("no stack by what makes no site", async () => {
    write("docs/x.md", "x");
    expect(await touched()).toEqual({ stacks: [], removed: [], program: false });
  });

  it("a stack by its own file, committed, changed, new, or its saved plan", async () => {
    write("stacks/Pulumi.two.yaml", "config: {a: b}\n");
    git("commit", "-q", "-a", "-m", "two");
    write("stacks/Pulumi.new.yaml", "config: {}\n");
    write("stacks/one.plan.json", "{}");
    expect(await touched()).toEqual({ stacks: ["new", "one", "two"], removed: [], program: false });
  });

  it("every stack by the program", async () => {
    write("infra/index.ts", "export const x = 1;\n");
    expect(await touched()).toEqual({ stacks: ["one", "three.eu", "two"], removed: [], program: true });
  });

  it("a stack whose file is removed", async () => {
    rmSync(join(folder, "stacks/Pulumi.two.yaml"));
    expect(await touched()).toEqual({ stacks: [], removed: ["two"], program: false });
  });

  it("nothing by what the base did since", async () => {
    git("checkout", "-q", "main");
    write("infra/index.ts", "export const y = 1;\n");
    git("commit", "-q", "-a", "-m", "later");
    git("checkout", "-q", "change");
    expect((await touched()).stacks).toEqual([]);
  });
});

it("reads files as they were", async () => {
  write("stacks/Pulumi.one.yaml", "config: {later: true}\n");
  const base = await baseOf(project, "main");
  expect(await fileAt(project, base, "stacks/Pulumi.one.yaml")).toBe("config: {}\n");
  expect(await fileAt(project, base, "stacks/Pulumi.nowhere.yaml")).toBeUndefined();
});

it("says how to mend a base that is not there", async () => {
  await expect(baseOf(project, "origin/main")).rejects.toThrow(
    /--base origin\/main: git knows no such revision.*; fetch it/,
  );
});

it("finds the stacks by their files", async () => {
  expect(stacksOf(project)).toEqual(["one", "three.eu", "two"]);
  expect(() => projectIn(join(folder, "stacks"))).toThrow(
    /Pulumi.yaml: there is no such file; run this in the project's folder/,
  );
});
