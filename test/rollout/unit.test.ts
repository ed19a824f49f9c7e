import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { NODE_OPTIONS } from "../../bench/fleet/simulation";
import { repository } from "../../lab/toolchain/artifact";

it("the unit of a fleet's service is one that systemd accepts, and starts the worker as the benchmark does", () => {
  const [, unit = ""] =
    /```ini\n(# \/etc\/systemd[\s\S]*?)```/.exec(readFileSync(join(repository, "docs/fleet.md"), "utf8")) ?? [];
  expect(unit).toContain(`Environment=NODE_OPTIONS=${NODE_OPTIONS}\n`);
  const verified = (text: string) => {
    const folder = mkdtempSync(join(tmpdir(), "groundwork-unit-"));
    const file = join(folder, "groundwork-fleet.service");
    writeFileSync(file, text);
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", file], { encoding: "utf8" });
    rmSync(folder, { recursive: true });
    return { status, told: stderr.split("\n").filter((line) => line.includes("groundwork-fleet")) };
  };
  expect(verified(unit)).toEqual({ status: 0, told: [] });
  expect(verified(unit.replace("RestartSec=10", "RestartSecs=10")).told.join()).toContain("RestartSecs");
});
