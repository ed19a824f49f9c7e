import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scripts } from "../../cli/completion/scripts";
import { wordsOf } from "../../cli/completion/words";
import { groundwork } from "../../cli/program";

let all: ReturnType<typeof wordsOf>;
const folder = mkdtempSync(join(tmpdir(), "groundwork-completion-"));
const script = join(folder, "groundwork.bash");

beforeAll(async () => {
  all = wordsOf(await groundwork());
  writeFileSync(script, scripts.bash("groundwork", all));
  writeFileSync(join(folder, "site.yaml"), "");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Types into an interactive bash, whose `groundwork` says what it was called with. */
function typed(keys: string): string {
  const begin = `source ${script}; groundwork() { printf '[%s]' "$@"; echo; }; cd ${folder}\n`;
  const { stdout } = spawnSync("script", ["-qfec", "bash --norc --noprofile -i", "/dev/null"], {
    input: `${begin}${keys}\nexit\n`,
    encoding: "utf8",
    env: { ...process.env, TERM: "dumb", HISTFILE: "" },
    timeout: 300_000,
  });
  return stdout.match(/^\[.*\]/m)?.[0] ?? stdout;
}

describe("bash completes", () => {
  it.each([
    ["a command", "groundwork pref\t", "[preflight]"],
    ["an option of a command", "groundwork plan --ag\t", "[plan][--against]"],
    ["a command below another, and its option", "groundwork fleet ren\t--che\t", "[fleet][render][--check]"],
    ["one of the values that there are", "groundwork report --format mark\t", "[report][--format][markdown]"],
    ["an argument of which there are few", "groundwork completion fi\t", "[completion][fish]"],
    ["a file, where one is meant", "groundwork plan si\t", "[plan][site.yaml]"],
    ["a file as an option's value", "groundwork plan --against si\t", "[plan][--against][site.yaml]"],
  ])("%s", (_, keys, called) => {
    expect(typed(keys)).toBe(called);
  });

  it("nothing of another command", () => {
    expect(typed("groundwork schema --again\t")).toBe("[schema][--again]");
  });
});

describe.each(["bash", "zsh", "fish"] as const)("the script for %s", (shell) => {
  // What there is, is known once the tests run.
  const printed = () => scripts[shell]("groundwork", all);

  it("knows every command and every option of the help", () => {
    const text = printed();
    for (const { commands, options } of all) {
      for (const { name } of commands) expect(text).toContain(name);
      for (const { names } of options)
        for (const name of names) expect(text).toContain(shell === "fish" ? ` ${name.replace(/^--?/, "")}` : name);
    }
    expect(all.length).toBeGreaterThan(20);
  });

  it("is what the command prints", () => {
    const args = ["cli/groundwork.cjs", "completion", shell];
    expect(execFileSync(process.execPath, args, { encoding: "utf8" })).toBe(`${printed()}\n`);
  });
});

it("another shell is refused, with those that there are", () => {
  const { status, stderr } = spawnSync(process.execPath, ["cli/groundwork.cjs", "completion", "tcsh"], {
    encoding: "utf8",
  });
  expect(status).toBe(2);
  expect(stderr).toContain("Allowed choices are bash, zsh, fish");
});
