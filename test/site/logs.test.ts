import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseSite } from "../../site/description/parse";
import type { MachinePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { endlessLogs } from "../../site/render/logs";
import { shell } from "../../site/render/shell";
import { site, threeHosts } from "../support/sites";

// The program that keeps logs small, as it is installed but for where its files are.

const plan = planSite(parseSite(site(threeHosts)));
const logs = endlessLogs(plan, plan.machines[0] as MachinePlan);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "groundwork-logs-"));
  mkdirSync(join(folder, "var/log"), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (path: string) => join(folder, path);
const size = (path: string) => (existsSync(at(path)) ? statSync(at(path)).size : 0);

/** The timer comes round. */
function comesRound(kept: readonly { path: string; bytes: number }[] = logs): void {
  mkdirSync(dirname(at("/etc/groundwork/logs")), { recursive: true });
  writeFileSync(at("/etc/groundwork/logs"), kept.map(({ path, bytes }) => `${bytes} ${at(path)}\n`).join(""));
  execFileSync("bash", ["-c", shell("logs").replace("LOGS=/etc", `LOGS=${folder}/etc`)], { stdio: "pipe" });
}

describe("logs of two years (S2)", () => {
  it("never take more than twice their bound and what a round brings, and have what came last", () => {
    const records = (count: number) => {
      const all = Buffer.alloc(384 * count);
      return (day: number) => {
        for (let i = 0; i < count; i++) all.writeUInt32LE(day, i * 384 + 340);
        return all;
      };
    };
    // Of each day: `up`s, boots, logins, and a stranger who tries passwords. A round every fourth day, as one an hour would take long.
    const daily: Record<string, (day: number) => string | Buffer> = {
      "/var/log/groundwork.log": (day) => `day ${day}: ${"what kubeadm says\n".repeat(24_000)}`,
      "/var/log/cloud-init.log": (day) => `day ${day}: ${"a boot's look for data\n".repeat(36_000)}`,
      "/var/log/wtmp": records(1600),
      "/var/log/btmp": records(12_000),
    };
    const most = new Map<string, number>();
    for (let day = 2; day <= 730; day += 4) {
      for (const [path, what] of Object.entries(daily)) appendFileSync(at(path), what(day));
      for (const { path } of logs) most.set(path, Math.max(most.get(path) ?? 0, size(path) + size(`${path}.1`)));
      comesRound();
    }
    for (const [path, what] of Object.entries(daily)) {
      const bytes = logs.find((log) => log.path === path)?.bytes ?? 0;
      const brought = what(1).length + 16;
      expect((730 / 4) * brought, `${path} would have overrun its bound`).toBeGreaterThan(10 * bytes);
      expect(most.get(path), path).toBeLessThanOrEqual(2 * (bytes + brought));
      expect(size(path) + size(`${path}.1`), path).toBeLessThanOrEqual(2 * bytes);
      expect(size(path) + size(`${path}.1`), path).toBeGreaterThanOrEqual(Math.min(bytes, brought));
    }
    expect(
      readFileSync(at("/var/log/groundwork.log"), "utf8") + readFileSync(at("/var/log/groundwork.log.1"), "utf8"),
    ).toContain("day 730: ");
    // Records of logins stay whole: the last one is of the last day.
    for (const path of ["/var/log/wtmp", "/var/log/btmp"]) {
      const kept = Buffer.concat([readFileSync(at(`${path}.1`)), readFileSync(at(path))]);
      expect(kept.length % 384).toBe(0);
      const days = Array.from({ length: kept.length / 384 }, (_, i) => kept.readUInt32LE(i * 384 + 340));
      expect(days).toEqual([...days].sort((a, b) => a - b));
      expect(days.at(-1)).toBe(730);
    }
  });
});

describe("a log that is too long", () => {
  const log = { path: "/var/log/a", bytes: 1000 };

  it("goes on in the same file, for whoever has it open, and its end is for whom the log is", () => {
    const writer = openSync(at(log.path), "a", 0o640);
    chmodSync(at(log.path), 0o640);
    writeSync(writer, `${"x".repeat(1990)}end of it\n`);
    comesRound([log]);
    expect([size(log.path), size("/var/log/a.1")]).toEqual([0, 1000]);
    const { mode, uid, gid } = statSync(at(log.path));
    expect(statSync(at("/var/log/a.1"))).toMatchObject({ mode, uid, gid });
    writeSync(writer, "goes on\n");
    closeSync(writer);
    expect(readFileSync(at(log.path), "utf8")).toBe("goes on\n");
    expect(readFileSync(at("/var/log/a.1"), "utf8").endsWith("end of it\n")).toBe(true);
  });

  it("becomes small where nothing can be kept of it, as on a full disk; the others have their turn", () => {
    // Nobody can write there.
    mkdirSync(at("/var/log/a.1.new"));
    writeFileSync(at(log.path), randomBytes(5000));
    writeFileSync(at("/var/log/b"), randomBytes(5000));
    comesRound([log, { path: "/var/log/none", bytes: 1 }, { path: "/var/log/b", bytes: 1000 }]);
    expect([size(log.path), size("/var/log/b"), size("/var/log/b.1")]).toEqual([0, 0, 1000]);
  });

  it("is left alone up to its bound", () => {
    writeFileSync(at(log.path), "x".repeat(1000));
    comesRound([log]);
    expect([size(log.path), existsSync(at("/var/log/a.1"))]).toEqual([1000, false]);
  });
});
