import { type ChildProcess, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RolloutService, Server } from "../../fleet/rollout/service";
import { ensure } from "../../lab/toolchain/artifact";
import { temporal } from "../../lab/toolchain/temporal";
import { engine } from "../../temporal";
import { brokenBy } from "../fleet/rolloutHistory";
import { message, seenOf } from "./asking";
import { signedPlan } from "./fleet";
import { workerOf } from "./workers";

const PORT = 18_241;
const folder = mkdtempSync(join(tmpdir(), "groundwork-full-disk-"));
const disk = join(folder, "disk");
const ballast = join(disk, "ballast");
let program: string;
let server: Server;
let rollouts: RolloutService;
let full = 0;
let worker: ChildProcess | undefined;

/** To the last page. */
function fill(): void {
  for (let size = 1 << 20; size >= 4096; size /= 2)
    try {
      for (;;) writeFileSync(ballast, Buffer.alloc(size), { flag: "a" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    }
}

async function serve(): Promise<void> {
  server = await engine.serve({
    program,
    database: join(disk, "temporal.db"),
    port: PORT,
    onFullDisk: () => void full++,
  });
  rollouts = await engine.connect({ address: server.address, namespace: "default" }, "demo");
}

beforeAll(async () => {
  mkdirSync(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", disk]);
  program = join(await ensure(temporal), "temporal");
  await serve();
  worker = await workerOf({ address: server.address, folder });
});
afterAll(async () => {
  worker?.kill("SIGKILL");
  await rollouts?.close();
  await server?.stop();
  execFileSync("umount", [disk]);
  rmSync(folder, { recursive: true, force: true });
});

it("a rollout whose database's disk is full says so, and goes on when there is room, each site changed once", async () => {
  writeFileSync(join(folder, "s-0.hangs"), "");
  const signed = signedPlan(4, { canaries: 1, waves: [], atOnce: 2 });
  const pace = { awayAfter: 60, silence: 10, askAgain: 0.3 };
  const { id } = await rollouts.start(signed, pace);
  await seenOf(rollouts, id, ({ sites }) => sites[0]?.is === "changing");
  fill();
  rmSync(join(folder, "s-0.hangs"));
  // It is there, and nothing that it is told can be kept.
  const paused = () => message(rollouts.pause(id));
  // SQLite writes into what it has of its log first.
  await expect.poll(paused, { timeout: 300_000 }).toMatch(/: no worker answers for it; .*make room where Temporal's/);
  expect(await message(rollouts.start(signedPlan(3, {}), pace))).toMatch(
    /: it does not answer; .*make room where its disk is full/,
  );
  expect(full).toBeGreaterThan(0);
  expect((await rollouts.list()).map((one) => one.id)).toEqual([id]);

  rmSync(ballast);
  await rollouts.resume(id);
  const { history } = await seenOf(rollouts, id, ({ is }) => is === "finished");
  expect(brokenBy(signed.plan, history)).toEqual([]);
  const changed = readFileSync(join(folder, "log"), "utf8")
    .split("\n")
    .filter((line) => line.endsWith(" changed"));
  expect(changed.sort()).toEqual(signed.plan.sites.map(({ name }) => `${name} changed`).sort());
});
