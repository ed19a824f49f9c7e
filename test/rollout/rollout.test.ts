import { type ChildProcess, execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { Client, Connection } from "@temporalio/client";
import { bundleWorkflowCode, NativeConnection, Worker } from "@temporalio/worker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RolloutService, Server } from "../../fleet/rollout/service";
import type { RolloutStatus } from "../../fleet/rollout/status";
import { ensure, repository } from "../../lab/toolchain/artifact";
import { temporal } from "../../lab/toolchain/temporal";
import { engine } from "../../temporal";
import { MAIN_QUEUE } from "../../temporal/queues";
import { changeEnded } from "../../temporal/workflows/messages";
import { brokenBy } from "../fleet/rolloutHistory";
import { message, seenOf } from "./asking";
import { signedPlan } from "./fleet";
import { workerOf } from "./workers";

const PORT = 18_233;
const pace = { awayAfter: 60, silence: 10, askAgain: 0.3 };
const folder = mkdtempSync(join(tmpdir(), "groundwork-rollout-"));
const database = join(folder, "database/temporal.db");
const at = (name: string) => join(folder, name);
const say = (name: string, text = "") => writeFileSync(at(name), text);
const log = () => readFileSync(at("log"), "utf8").trim().split("\n");
let program: string;
let server: Server;
let worker: ChildProcess;
let rollouts: RolloutService;

async function startWorker(): Promise<void> {
  const env = { GROUNDWORK_TEST_SECRET: "correct horse battery staple" };
  worker = await workerOf({ address: server.address, folder, env });
}

const seen = (id: string, isWanted: (status: RolloutStatus) => boolean) => seenOf(rollouts, id, isWanted);
const isOf = (status: RolloutStatus, site: string) => status.sites.find((one) => one.site === site)?.is;

beforeAll(async () => {
  program = join(await ensure(temporal), "temporal");
  server = await engine.serve({ program, database, port: PORT });
  await startWorker();
  rollouts = await engine.connect({ address: server.address, namespace: "default" }, "demo");
});

afterAll(async () => {
  worker?.kill("SIGKILL");
  await rollouts?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("a rollout on Temporal", () => {
  it("changes every site once, in order and within its limits, through gates, a failure, an absence and a worker's death", async () => {
    const signed = signedPlan(14, {
      canaries: 2,
      waves: [{ count: 5 }],
      atOnce: 4,
      atOncePer: { town: 2 },
      approval: "after-canaries",
    });
    say("s-0.ill", "etcd has lost a member");
    say("s-4.away", "its vCenter does not answer");
    say("s-8.failed", "pulumi up: failed");
    const { id, isNew } = await rollouts.start(signed, pace);
    expect(isNew).toBe(true);
    expect(await rollouts.start(signed, pace)).toEqual({ id, isNew: false });

    await seen(id, ({ waits }) => waits === "wave 0 has not been found healthy");
    for (let answers: string[] = []; !answers.includes("s-0: etcd has lost a member"); await sleep(100))
      answers = (await rollouts.status(id)).answers;
    rmSync(at("s-0.ill"));

    expect((await seen(id, ({ needs }) => needs !== undefined)).needs).toBe("groundwork rollout approve 1");
    expect(await message(rollouts.approve(id, 2))).toMatch(/^wave: no wave 2 waits for an approval/);
    expect(await message(rollouts.retry(id, []))).toMatch(/^rollout: no site of it has failed/);
    await rollouts.pause(id);
    await rollouts.approve(id, 1);
    await rollouts.approve(id, 1);
    expect((await seen(id, ({ is }) => is === "paused")).sites.filter(({ is }) => is === "succeeded")).toHaveLength(2);
    await rollouts.resume(id);

    await seen(id, (status) => isOf(status, "s-4") === "away");
    const stopped = await seen(id, ({ needs }) => needs === "groundwork rollout retry, or abort");
    expect(stopped.waits).toBe("1 failed: s-8");
    expect(stopped.sites.find(({ site }) => site === "s-8")?.why).toBe("pulumi up: failed");
    rmSync(at("s-8.failed"));
    say("s-8.hangs");
    expect(await message(rollouts.retry(id, ["s-1"]))).toMatch(/^site s-1: it has not failed.*name one of s-8$/);
    expect(await rollouts.retry(id, [])).toEqual(["s-8"]);

    // Ended in the middle of a change, which the next worker takes up.
    await seen(id, (status) => isOf(status, "s-8") === "changing");
    for (; log().filter((line) => line === "s-8 begins").length < 2; await sleep(50));
    worker.kill("SIGKILL");
    rmSync(at("s-8.hangs"));
    rmSync(at("s-4.away"));
    await startWorker();

    const { history } = await seen(id, ({ is }) => is === "finished");
    expect(brokenBy(signed.plan, history)).toEqual([]);
    expect(history.flatMap((one) => (one.event === "succeeded" ? [one.site] : [])).sort()).toEqual(
      signed.plan.sites.map(({ name }) => name).sort(),
    );
    const changed = log().filter((line) => line.endsWith(" changed"));
    expect(new Set(changed).size).toBe(14);
    expect(changed).toHaveLength(14);
    expect(log().filter((line) => line === "s-8 begins")).toHaveLength(3);
    expect(await message(rollouts.pause(id))).toMatch(/^rollout \w+: it does not run/);
  });

  it("goes on where it was when the server was killed, is aborted, and never gives a site a second change", async () => {
    for (const site of ["s-0", "s-1"]) rmSync(at(`${site}.applied`), { force: true });
    say("s-0.hangs");
    const one = await rollouts.start(signedPlan(1, {}), pace);
    await seen(one.id, (status) => isOf(status, "s-0") === "changing");
    const two = await rollouts.start(signedPlan(2, {}), pace);
    const refused = await seen(two.id, (status) => isOf(status, "s-0") === "away");
    expect(refused.sites[0]?.why).toBe("it is being changed already");

    await rollouts.close();
    await server.stop();
    expect(await message(engine.connect({ address: server.address }, "demo"))).toMatch(/it does not answer; start/);
    server = await engine.serve({ program, database, port: PORT });
    rollouts = await engine.connect({ address: server.address, namespace: "default" }, "demo");
    await rollouts.abort(two.id);
    rmSync(at("s-0.hangs"));
    expect((await seen(one.id, ({ is }) => is === "finished")).sites).toMatchObject([{ site: "s-0", is: "succeeded" }]);
    expect((await seen(two.id, ({ is }) => is === "aborted")).sites[0]?.is).not.toBe("changing");
    // What Temporal lists is a little behind.
    const running = async () => (await rollouts.list()).map(({ isRunning }) => isRunning);
    await expect.poll(running, { timeout: 60_000 }).toEqual([false, false, false]);
  });

  it("takes once what it is told while a worker fails at it, and tells when none can", async () => {
    say("s-0.hangs");
    rmSync(at("s-0.applied"), { force: true });
    const { id } = await rollouts.start(signedPlan(1, {}), pace);
    await seen(id, (status) => isOf(status, "s-0") === "changing");
    worker.kill("SIGKILL");
    // A worker that does not know what it is to run, as one of another version would not.
    const codePath = join(folder, "nothing.js");
    writeFileSync(codePath, (await bundleWorkflowCode({ workflowsPath: join(__dirname, "noWorkflows.ts") })).code);
    const connection = await NativeConnection.connect({ address: server.address });
    const options = { connection, taskQueue: MAIN_QUEUE, workflowBundle: { codePath } };
    const unable = await Worker.create(options);
    const run = unable.run();
    expect(await message(rollouts.pause(id))).toMatch(/^rollout \w+: no worker answers for it; start/);

    const paused = rollouts.pause(id);
    await sleep(2000);
    unable.shutdown();
    await Promise.all([startWorker(), run]);
    await connection.close();
    await paused;
    expect((await seen(id, ({ is }) => is === "paused")).sites).toHaveLength(1);
    await rollouts.resume(id);
    rmSync(at("s-0.hangs"));
    await seen(id, ({ is }) => is === "finished");
  });

  it("takes up a site whose time was up only when nothing goes on there any more, whoever ended it", async () => {
    say("s-0.hangs");
    rmSync(at("s-0.applied"), { force: true });
    const { plan, signature } = signedPlan(1, { onTimeOut: "stop" });
    // Minutes are seconds.
    const short = { ...plan, policy: { ...plan.policy, siteMinutes: 2 / 60 } };
    const { id } = await rollouts.start({ plan: short, signature }, pace);
    await seen(id, (status) => isOf(status, "s-0") === "changing");
    // A worker that is gone hears of no end.
    worker.kill("SIGKILL");
    const client = new Client({ connection: await Connection.connect({ address: server.address }) });
    await client.workflow.getHandle("groundwork/demo/site/s-0").terminate("by hand");
    rmSync(at("s-0.hangs"));
    await startWorker();
    await seen(id, (status) => isOf(status, "s-0") === "timed-out");
    await rollouts.retry(id, []);
    const { history } = await seen(id, ({ is }) => is === "finished");
    await client.connection.close();
    expect(brokenBy(short, history)).toEqual([]);
    expect(history.map(({ event }) => event)).toEqual([
      "staged",
      "started",
      "timed-out",
      "retry",
      "failed",
      "started",
      "succeeded",
      "healthy",
    ]);
  });

  // Temporal fails the step that ends a workflow while something is said to it, and whoever asked for the end with it.
  it("is aborted while much else is said to it", async () => {
    const client = new Client({ connection: await Connection.connect({ address: server.address }) });
    const ended = { site: "nobody", event: "failed" } as const;
    for (let round = 0; round < 5; round++) {
      const { id } = await rollouts.start(signedPlan(1, {}), pace);
      await rollouts.pause(id);
      const handle = client.workflow.getHandle(`groundwork/demo/rollout/${id}`);
      const said = Array.from({ length: 60 }, () => handle.signal(changeEnded, ended).catch(() => {}));
      await rollouts.abort(id);
      await Promise.all(said);
    }
    await client.connection.close();
  });

  it("keeps no secret that its worker knows", async () => {
    await server.stop();
    for (const name of ["temporal.db", "temporal.db-wal"]) {
      const bytes = readFileSync(join(folder, "database", name), { flag: "a+" });
      expect(bytes.includes("correct horse")).toBe(false);
    }
    expect(readFileSync(database).includes("etcd has lost a member")).toBe(true);
    server = await engine.serve({ program, database, port: PORT });
  });

  it.each([
    ["nobody there", "127.0.0.1:9", undefined, "it does not answer"],
    ["another namespace", "", "stores", "it has no namespace stores"],
  ])("tells what is wrong with an address: %s", async (_, address, namespace, expected) => {
    expect(await message(engine.connect({ address: address || server.address, namespace }, "demo"))).toContain(
      expected,
    );
  });

  it("is what the installed command asks, which ends as soon as it has told what is wrong", async () => {
    const command = (...args: string[]) =>
      promisify(execFile)(process.execPath, ["cli/groundwork.cjs", ...args, "--project", "docs/examples/fleet"], {
        cwd: repository,
        timeout: 100_000, // one that asked on whether a server is up would take two minutes
      }).catch(({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }));
    expect(await command("rollout", "status", "--address", server.address)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^rollout: none of this project was started; /),
    });
    expect(await command("fleet", "serve", "--temporal", "nowhere", "--port", "7299")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^nowhere: Temporal's server did not start: there is no such program; install/),
    });
  });

  it("tells that a server of a run that was killed is still there, and how to go on with it", async () => {
    expect(await message(engine.serve({ program, database: join(folder, "other.db"), port: PORT }))).toMatch(
      new RegExp(`^port ${PORT}: a Temporal runs there already.*groundwork fleet work --address 127.0.0.1:${PORT}`),
    );
  });

  it("tells that what answers is no Temporal", async () => {
    const other = createServer((_, response) => response.end("hello")).listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    expect(await message(engine.connect({ address: `127.0.0.1:${port}` }, "demo"))).toMatch(/^Temporal at .*; /);
    expect(await message(engine.serve({ program, database: join(folder, "other.db"), port }))).toMatch(
      /^port \d+: something answers there already; end it/,
    );
    other.close();
  });
});
