import { type ChildProcess, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Window } from "../../fleet/file/schema";
import type { RolloutService, Server } from "../../fleet/rollout/service";
import { ensure } from "../../lab/toolchain/artifact";
import { temporal } from "../../lab/toolchain/temporal";
import { engine } from "../../temporal";
import { brokenBy } from "../fleet/rolloutHistory";
import { seenOf } from "./asking";
import { signedPlan } from "./fleet";
import { workerOf } from "./workers";

const folder = mkdtempSync(join(tmpdir(), "groundwork-clock-"));
let server: Server;
let rollouts: RolloutService;
let worker: ChildProcess | undefined;

/** A worker whose clock is wrong by so many hours. */
async function workerAt(hours: number): Promise<void> {
  worker?.kill("SIGKILL");
  // As `faketime` does; `$LIB` is the linker's own.
  const preload = "/usr/$LIB/faketime/libfaketime.so.1";
  const env = { LD_PRELOAD: preload, FAKETIME: `${hours > 0 ? "+" : ""}${hours}h`, FAKETIME_DONT_FAKE_MONOTONIC: "1" };
  const told = spawnSync(process.execPath, ["-p", "Date.now()"], { env: { ...process.env, ...env }, encoding: "utf8" });
  expect(Math.round((Number(told.stdout) - Date.now()) / 3_600_000)).toBe(hours);
  worker = await workerOf({ address: server.address, folder, env });
}

beforeAll(async () => {
  const program = join(await ensure(temporal), "temporal");
  server = await engine.serve({ program, database: join(folder, "temporal.db"), port: 18_237 });
  rollouts = await engine.connect({ address: server.address, namespace: "default" }, "demo");
});
afterAll(async () => {
  worker?.kill("SIGKILL");
  await rollouts?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it.each([1, -1])(
  "a worker whose clock is wrong by %i hour changes a site only while its window is open",
  async (hours) => {
    const minutesFromNow = (minutes: number) => new Date(Date.now() + minutes * 60_000);
    const window = (from: number, to: number): { windows: Window[] } => ({
      windows: [
        {
          days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
          from: minutesFromNow(from).toISOString().slice(11, 16),
          to: minutesFromNow(to).toISOString().slice(11, 16),
        },
      ],
    });
    // Open now and not by that clock; open by that clock and not now.
    const [open, shut] = [window(-20, 20), window(hours * 60 - 20, hours * 60 + 20)];
    const signed = signedPlan(2, { canaries: 2, waves: [], atOnce: 2, siteMinutes: 5 }, (i) => (i === 0 ? open : shut));
    rmSync(join(folder, "log"), { force: true });
    for (const site of ["s-0", "s-1"]) rmSync(join(folder, `${site}.applied`), { force: true });
    await workerAt(hours);
    const before = Date.now();
    const { id } = await rollouts.start(signed, { awayAfter: 60, silence: 10, askAgain: 0.3 });
    const changed = await seenOf(rollouts, id, ({ sites }) => sites[0]?.is === "succeeded");
    await sleep(5000);
    const { status } = await rollouts.status(id);
    expect(status.sites.map(({ is }) => is)).toEqual(["succeeded", "staged"]);
    expect(readFileSync(join(folder, "log"), "utf8")).not.toContain("s-1");
    expect(brokenBy(signed.plan, status.history)).toEqual([]);
    for (const { at } of changed.history) {
      expect(Date.parse(at)).toBeGreaterThanOrEqual(before - 60_000);
      expect(Date.parse(at)).toBeLessThanOrEqual(Date.now() + 60_000);
    }
    await rollouts.abort(id);
  },
);
