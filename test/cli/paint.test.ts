import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { painted } from "../../cli/output/paint";

const ESCAPE = String.fromCharCode(27);
const command = "cli/groundwork.cjs plan docs/examples/08-three-hosts.yaml";

/** What a command prints, on a terminal or into a pipe. The environment is its own: Node reads of several names whether colors are wanted. */
function printed(line: string, on: "terminal" | "pipe", wishes: Record<string, string> = {}): string {
  const { PATH, HOME } = process.env;
  const [program, ...args] =
    on === "terminal" ? ["script", "-qfec", `node ${line}`, "/dev/null"] : ["node", ...line.split(" ")];
  const { stdout, stderr } = spawnSync(program as string, args, {
    encoding: "utf8",
    input: "",
    env: { PATH, HOME, TERM: "xterm", ...wishes },
    timeout: 300_000,
  });
  return stdout + stderr;
}

describe("colors", () => {
  it.each([
    ["are on a terminal", "terminal", {}, true],
    ["are not on a terminal whose owner wants none", "terminal", { NO_COLOR: "1" }, false],
    ["are not in a pipe", "pipe", {}, false],
    ["are in a pipe whose owner wants them", "pipe", { FORCE_COLOR: "1" }, true],
  ] as const)("%s", (_, on, wishes, are) => {
    const text = printed(command, on, wishes);
    expect(text).toContain("etcd-a");
    expect(text.includes(`${ESCAPE}[31mLOST${ESCAPE}[39m`)).toBe(are);
    expect(text.includes(ESCAPE)).toBe(are);
  });

  it("are in no JSON, and show what a problem is about", () => {
    const forced = { FORCE_COLOR: "1" };
    expect(printed(`${command} --json`, "pipe", forced)).not.toContain(ESCAPE);
    expect(printed("cli/groundwork.cjs plan nowhere.yaml", "pipe", forced)).toContain(
      `${ESCAPE}[31mnowhere.yaml${ESCAPE}[39m: `,
    );
  });

  it("leave a text as it is where none are", () => {
    const text = "shop is NOT well: 1 thing needs a person.\nmandatory etcd: LOST\n";
    expect(painted(text, process.stdout).replaceAll(new RegExp(`${ESCAPE}\\[\\d+m`, "g"), "")).toBe(text);
  });
});
