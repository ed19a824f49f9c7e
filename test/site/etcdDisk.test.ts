import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { qualifiedDisk } from "../../site/life/qualifiedDisk";
import { shell } from "../../site/render/shell";
import { functionOf, run as runProgram } from "../support/shellProgram";

// The step as machines run it, with Debian's bash and python3, on the disk of the computer that tests.

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "groundwork-disk-"));
  for (const name of ["data", "state", "python"]) mkdirSync(join(folder, name));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What it said, but for how many seconds it had taken. */
async function run(program: string): Promise<{ code: number | null; output: string }> {
  const { code, output } = await runProgram(program);
  return { code, output: output.replaceAll(/ \(\d+ s\)$/gm, "") };
}

interface Machine {
  /** What is done to Python before it measures: a disk that is slow, or fails. */
  python?: string;
  path?: string;
  /** Where the disk is mounted. */
  data?: string;
  before?: string;
  steps?: string;
}

function program({ python = "", path = "", data = join(folder, "data"), before = "", steps }: Machine): string {
  writeFileSync(join(folder, "python/sitecustomize.py"), python);
  return [
    "set -Eeuo pipefail; shopt -s inherit_errexit; umask 077",
    `MACHINE=shop-etcd-a STATE=${folder}/state LOG=${folder}/log DATA=${data} PYTHONPATH=${folder}/python; export PYTHONPATH`,
    ...["say", "fail"].map((name) => functionOf(oneLiners, name)),
    "STARTED=$SECONDS",
    shell("etcd-disk").replaceAll("/var/lib/prometheus/node-exporter", `${folder}/metrics`),
    hasData,
    before,
    ...(path === "" ? [] : [`export PATH=${path}`]),
    steps ?? "qualify_disk; tell_disk",
  ].join("\n");
}

/** As they are installed; `functionOf` takes those that end on a line of their own. */
const oneLiners = shell("common").replace(/^(say\(\)) \{ (.+) \}$/m, "$1 {\n$2\n}");
const [hasData = ""] = /^has_data\(\) .+$/m.exec(shell("etcd")) ?? [];

const kept = () => JSON.parse(readFileSync(join(folder, "state/disk.json"), "utf8")) as Record<string, unknown>;

describe("a member's disk is measured before etcd first starts on it (O6)", () => {
  test("by writes that really reach it; the figure is kept, told and shown to who watches", async () => {
    const { code, output } = await run(program({}));
    expect(code, output).toBe(0);
    const told = qualifiedDisk(output);
    expect(told).toEqual(kept());
    expect(told?.p99Ms).toBeGreaterThan(0);
    expect(told?.writes).toBeGreaterThan(0);
    expect(told?.writes).toBeLessThanOrEqual(1000);
    expect(Date.parse(told?.time ?? "")).toBeGreaterThan(Date.now() - 3_600_000);
    expect(statSync(join(folder, "state/disk.json")).mode & 0o777).toBe(0o644);
    const metric = readFileSync(join(folder, "metrics/groundwork_disk.prom"), "utf8");
    const [, seconds] = /^groundwork_disk_qualified_fsync_seconds (\S+)$/m.exec(metric) ?? [];
    expect(Number(seconds)).toBeCloseTo((told?.p99Ms ?? 0) / 1000, 5);
    expect(readdirSync(join(folder, "data"))).toEqual([]);
  });

  test("and told again by each later run, which measures nothing", async () => {
    mkdirSync(join(folder, "data/data/member/wal"), { recursive: true });
    writeFileSync(join(folder, "data/data/member/wal/0.wal"), "");
    const before = '{"p99Ms":0.84,"writes":1000,"time":"2026-11-28T20:41:07Z"}\n';
    writeFileSync(join(folder, "state/disk.json"), before);
    const { code, output } = await run(program({ python: "raise SystemExit(9)" }));
    expect([code, output]).toEqual([
      0,
      "shop-etcd-a: a write to its disk took 0.84 ms (p99 of fsync, 1000 writes, 2026-11-28T20:41:07Z)\n",
    ]);
    expect(readFileSync(join(folder, "state/disk.json"), "utf8")).toBe(before);
  });

  test("but never on one that had data before there was a figure: nothing is said of it", async () => {
    mkdirSync(join(folder, "data/data/member/wal"), { recursive: true });
    writeFileSync(join(folder, "data/data/member/wal/0.wal"), "");
    expect(await run(program({}))).toEqual({ code: 0, output: "" });
    expect(qualifiedDisk("")).toBeUndefined();
  });

  test.each([
    [1, 1],
    [100, 99],
    [200, 198],
    [1000, 990],
  ])("of %i writes that took 1, 2, 3 ... ms the 99th percentile is the %i. (nearest rank)", async (writes, ms) => {
    const python = [
      "import time",
      "asked = [0, 0.0]",
      "def clock():",
      "    asked[0] += 1",
      "    if asked[0] % 2 == 0: asked[1] += asked[0] / 2000",
      "    return asked[1]",
      "time.perf_counter = clock",
    ].join("\n");
    const { output } = await run(program({ python, steps: `measure_writes "$DATA/file" ${writes} 60` }));
    expect(output).toBe(`took ${ms}.00 ${writes}\n`);
  });

  test("for so many seconds at most, however few writes that allows", async () => {
    const python = "import os, time\nos.fdatasync = lambda file: time.sleep(0.02)";
    const { output } = await run(program({ python, steps: 'measure_writes "$DATA/file" 1000 0.3' }));
    const [, ms, writes] = /^took (\S+) (\d+)\n$/.exec(output) ?? [];
    expect(Number(ms)).toBeGreaterThanOrEqual(20);
    expect(Number(writes)).toBeGreaterThan(0);
    expect(Number(writes)).toBeLessThanOrEqual(16);
    expect(readdirSync(join(folder, "data"))).toEqual([]);
  });

  test("a disk without room is told by its path, with what to do", async () => {
    const data = join(folder, "data");
    const inside = join(folder, "inside");
    writeFileSync(inside, program({ data, before: `mount -t tmpfs -o size=1m tmpfs ${data}` }));
    const ended = await run(`exec unshare --user --map-root-user --mount bash ${inside}`);
    expect(ended).toEqual({
      code: 1,
      output: `shop-etcd-a: ${data} has no room for 3 MB (No space left on device); free some space there or give the machine a larger disk\n`,
    });
    expect(existsSync(join(folder, "state/disk.json"))).toBe(false);
  });

  test.each([
    ["EIO", "the disk under DATA gives errors (Input/output error); replace the device"],
    ["EROFS", "DATA cannot be written (Read-only file system); see the disk, and how DATA is mounted"],
  ])("one that fails with %s, too, and no trace of a program is shown", async (error, says) => {
    const python = `import errno, os\ndef fails(file): raise OSError(errno.${error}, os.strerror(errno.${error}))\nos.fdatasync = fails`;
    const { code, output } = await run(program({ python }));
    expect([code, output]).toEqual([1, `shop-etcd-a: ${says.replaceAll("DATA", join(folder, "data"))}\n`]);
    expect(readdirSync(join(folder, "data"))).toEqual([]);
  });

  test("a machine without python3 goes on, and says that its disk is not measured", async () => {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    for (const name of ["rm", "cat", "date"])
      symlinkSync(execFileSync("bash", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim(), join(bin, name));
    writeFileSync(join(folder, "state/disk.json"), '{"p99Ms":1,"writes":1,"time":"2026-01-01T00:00:00Z"}\n');
    expect(await run(program({ path: bin }))).toEqual({
      code: 0,
      output: "shop-etcd-a: its disk is not measured: python3 is not installed\n",
    });
    expect(existsSync(join(folder, "state/disk.json"))).toBe(false);
  });

  test("one whose python3 fails, too; why is in the log", async () => {
    const { code, output } = await run(program({ python: "import os\ndel os.fdatasync" }));
    expect([code, output]).toEqual([0, `shop-etcd-a: its disk is not measured: python3 fails; see ${folder}/log\n`]);
    expect(readFileSync(join(folder, "log"), "utf8")).toContain("AttributeError");
  });
});
