import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { reportCommand } from "../../../cli/report/command";
import { commentMark } from "../../../cli/report/markdown";

const root = resolve(__dirname, "../../..");
const read = (file: string) => parse(readFileSync(join(root, file), "utf8"));

const scripts: [string, string][] = [
  [
    "GitHub",
    (read(".github/workflows/report.yml").jobs.report.steps as { run?: string }[])
      .flatMap(({ run }) => run ?? [])
      .join("\n"),
  ],
  ["GitLab", (read(".gitlab-ci.example.yml").report.script as string[]).join("\n")],
];

describe.each(scripts)("the workflow for %s", (_, script) => {
  it("asks for a report as the command takes it", () => {
    const [, asked = ""] = /npx groundwork (report .*?) \|\|/.exec(script) ?? [];
    const [name, ...args] = asked.replaceAll('"', "").split(" ");
    expect(name).toBe("report");
    const command = reportCommand().exitOverride();
    expect(() => command.parseOptions(args)).not.toThrow();
    expect(command.parseOptions(args).unknown).toEqual([]);
    expect(asked).toContain("--base");
  });

  it("finds its comment again, and ends as the report did", () => {
    expect(script).toContain(commentMark);
    expect(script).toMatch(/exit "\$(code|CODE)"/);
  });

  it("is sound shell", () => {
    const options = ["--shell=bash", "--severity=style", "--exclude=SC2153,SC2154", "-"];
    expect(execFileSync("shellcheck", options, { input: script, encoding: "utf8" })).toBe("");
  });
});
