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
const touched = () => touchedSince(project, baseOf(project, "main"));

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
  it("no stack by what makes no site", () => {
    write("docs/x.md", "x");
    expect(touched()).toEqual({ stacks: [], removed: [], program: false });
  });

  it("a stack by its own file, committed, changed, new, or its saved plan", () => {
    write("stacks/Pulumi.two.yaml", "config: {a: b}\n");
    git("commit", "-q", "-a", "-m", "two");
    write("stacks/Pulumi.new.yaml", "config: {}\n");
    write("stacks/one.plan.json", "{}");
    expect(touched()).toEqual({ stacks: ["new", "one", "two"], removed: [], program: false });
  });

  it("every stack by the program", () => {
    write("infra/index.ts", "export const x = 1;\n");
    expect(touched()).toEqual({ stacks: ["one", "three.eu", "two"], removed: [], program: true });
  });

  it("a stack whose file is removed", () => {
    rmSync(join(folder, "stacks/Pulumi.two.yaml"));
    expect(touched()).toEqual({ stacks: [], removed: ["two"], program: false });
  });

  it("nothing by what the base did since", () => {
    git("checkout", "-q", "main");
    write("infra/index.ts", "export const y = 1;\n");
    git("commit", "-q", "-a", "-m", "later");
    git("checkout", "-q", "change");
    expect(touched().stacks).toEqual([]);
  });
});

it("reads files as they were", () => {
  write("stacks/Pulumi.one.yaml", "config: {later: true}\n");
  const base = baseOf(project, "main");
  expect(fileAt(project, base, "stacks/Pulumi.one.yaml")).toBe("config: {}\n");
  expect(fileAt(project, base, "stacks/Pulumi.nowhere.yaml")).toBeUndefined();
});

it("says how to mend a base that is not there", () => {
  expect(() => baseOf(project, "origin/main")).toThrow(/--base origin\/main: git knows no such revision.*; fetch it/);
});

it("finds the stacks by their files", () => {
  expect(stacksOf(project)).toEqual(["one", "three.eu", "two"]);
  expect(() => projectIn(join(folder, "stacks"))).toThrow(
    /Pulumi.yaml: there is no such file; run this in the project's folder/,
  );
});
