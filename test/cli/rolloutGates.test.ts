import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { driftIn } from "../../cli/fleet/drift";
import type { StackReport } from "../../cli/report/model";
import { unanswered } from "../../cli/rollout/probe";
import { lacking } from "../../cli/rollout/standing";
import { readFleet } from "../../fleet/file/read";
import { readPolicy } from "../../fleet/rollout/read";
import { formatProblem, type Problem } from "../../site/description/problem";

const folder = mkdtempSync(join(tmpdir(), "groundwork-gates-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("what a rollout requires of a site", () => {
  const at = "2026-06-10T12:00:00.000Z";
  const certificate = { id: "apiserver", expires: "2026-06-24T12:00:00Z", days: 14 };
  const lastBackup = "2026-06-09T12:00:00Z";
  const lastPassedDrill = "2026-05-01T12:00:00Z";

  it.each<[object, object, string[]]>([
    [{ lastBackup }, {}, []],
    [{ lastBackup }, { backupHours: 24 }, []],
    [{ lastBackup }, { backupHours: 23 }, ["its last backup is 24 h old, 23 h are allowed"]],
    [{}, { backupHours: 24 }, ["no backup of it is known, and one of the last 24 h is asked for"]],
    [{ lastPassedDrill }, { drillDays: 40 }, []],
    [{ lastPassedDrill }, { drillDays: 39 }, ["its last drill that passed is 40 d old, 39 days are allowed"]],
    [{ certificate }, { certificateDays: 14 }, []],
    [{ certificate }, { certificateDays: 15 }, ["certificate apiserver ends in 14 days, 15 are asked for"]],
    [{}, { certificateDays: 15 }, []],
  ])("%j, %j", (has, require, lacks) => {
    expect(lacking({ at, ...has }, require)).toEqual(lacks);
  });
});

describe("the owner's own question", () => {
  const { signal } = new AbortController();
  const asked = (command: string[], seconds = 20) =>
    unanswered({ folder, name: "shops", stackFolder: "." }, "fulda-1", { command, seconds }, { signal });

  it("is a program of the project, told of which site", async () => {
    writeFileSync(
      join(folder, "probe.sh"),
      'printf "%s\\n" "$1 $GROUNDWORK_SITE" > told; test "$1" = https://fulda-1.example\n',
    );
    expect(await asked(["bash", "./probe.sh", "https://{name}.example"])).toBeUndefined();
    expect(readFileSync(join(folder, "told"), "utf8")).toBe("https://fulda-1.example fulda-1\n");
    expect(await asked(["bash", "./probe.sh", "elsewhere"])).toBe("the probe bash says no (exit code 1)");
  });

  it("tells nothing that it printed, and does not wait for ever", async () => {
    const said = await asked(["bash", "-c", "echo secret; echo secret >&2; exit 3"]);
    expect(said).toBe("the probe bash says no (exit code 3)");
    expect(await asked(["bash", "-c", "sleep 60 & wait"], 1)).toBe("the probe bash did not answer within 1 s");
    await expect(asked(["no-such-probe"])).rejects.toThrow(
      "no-such-probe: not found on PATH; install it beside the worker",
    );
  });
});

describe("what a look finds", () => {
  type Told = Pick<StackReport, "changes" | "certificates" | "verdict">;
  const change = (op: string, name: string) => ({ op, name, properties: [{ path: "data.Corefile" }] });
  const told = (changes: object[], certificates: string[] = [], is = "safe"): Told =>
    ({
      changes,
      certificates: certificates.map((name) => ({ name })),
      verdict: { is, reasons: is === "safe" ? [] : ["etcd would lose its majority"], cautions: [] },
    }) as unknown as Told;

  it.each<[string, Told, boolean, string[], string[]]>([
    ["nothing", told([]), true, [], []],
    [
      "an object that was changed",
      told([change("found", "coredns"), change("update", "coredns")]),
      true,
      ["coredns was changed by hand: data.Corefile"],
      ["changed-by-hand"],
    ],
    [
      "machines to which the same has happened, and one that is gone",
      told([
        change("found", "a"),
        change("found", "b"),
        change("found", "c"),
        { ...change("found", "d"), properties: [] },
      ]),
      true,
      ["a, b and c were changed by hand: data.Corefile", "d is gone"],
      ["changed-by-hand"],
    ],
    [
      "a description that was not brought up",
      told([change("update", "x")]),
      false,
      ["what is described was not brought up: 1 resource differs"],
      ["not-brought-up"],
    ],
    [
      "certificates that are due, and what follows from them",
      told([change("replace", "etcd-a"), change("update", "files")], ["etcd-a"]),
      true,
      ["certificates are to be renewed: 1"],
      ["certificates"],
    ],
    [
      "certificates that are due beside another description",
      told([change("replace", "etcd-a"), change("update", "files")], ["etcd-a"]),
      false,
      ["certificates are to be renewed: 1", "what is described was not brought up: 1 resource differs"],
      ["not-brought-up", "certificates"],
    ],
    [
      "what is unsafe to mend",
      told([change("found", "etcd-a")], [], "unsafe"),
      true,
      ["etcd-a was changed by hand: data.Corefile", "etcd would lose its majority"],
      [],
    ],
  ])("%s", (_, report, isBroughtUp, what, mends) => {
    expect(driftIn(report, isBroughtUp)).toEqual({ what, mends });
  });
});

describe("settings of gates", () => {
  const problems = (read: { problems: Problem[] } | object): string =>
    "problems" in read ? (read.problems as Problem[]).map(formatProblem).join("\n") : "";

  it.each<[object, string]>([
    [{ probe: { command: [] } }, "probe.command"],
    [{ probe: { command: "./probe.sh" } }, "probe.command"],
    [{ probe: { command: ["./probe.sh"], seconds: 0 } }, "probe.seconds"],
    [{ require: { backupHour: 1 } }, "did you mean backupHours?"],
    [{ require: { drillDays: 0 } }, "require.drillDays"],
    [{ refresh: "yes" }, "refresh"],
  ])("%j is refused", (policy, expected) => {
    expect(problems(readPolicy(policy))).toContain(expected);
  });

  it.each<[object, string]>([
    [{ what: [] }, "watch.repair.what"],
    [{ what: ["disks"] }, "watch.repair.what[0]"],
    [{ what: ["certificates", "certificates"] }, "name each once"],
    [{ kinds: ["certificates"] }, "watch.repair.kinds"],
  ])("mending %j is refused", (repair, expected) => {
    expect(problems(readFleet({ watch: { repair }, sites: { a: {} } }))).toContain(expected);
  });
});
