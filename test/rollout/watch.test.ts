import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import { NativeConnection, Worker } from "@temporalio/worker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Findings } from "../../cli/fleet/findings";
import { watchWork } from "../../cli/fleet/watchWork";
import { watchSchema } from "../../fleet/file/schema";
import type { Server } from "../../fleet/rollout/service";
import { SiteRefusal } from "../../fleet/rollout/work";
import { drillsOf, nightOf } from "../../fleet/watch/drills";
import type { WatchService } from "../../fleet/watch/service";
import type { Finding, RepairKind, WatchWork } from "../../fleet/watch/work";
import { ensure } from "../../lab/toolchain/artifact";
import { temporal } from "../../lab/toolchain/temporal";
import { engine } from "../../temporal";
import { watchActivitiesOf } from "../../temporal/activities";
import { workflowBundle } from "../../temporal/bundle";
import { MAIN_QUEUE } from "../../temporal/queues";
import { tellOnlyErrors } from "./runtime";

const PORT = 18_234;
const pace = { awayAfter: 60, silence: 10, askAgain: 0.3 };
const folder = mkdtempSync(join(tmpdir(), "groundwork-watch-"));
const times = watchSchema.parse({ timeZone: "Europe/Berlin", looks: ["04:00", "16:30"] });
const drills = { everyDays: 2, notTogether: "town", machines: "10.0.0.9-10.0.0.12", apiVip: "10.0.0.8" };

let server: Server;
let watching: WatchService;
let hook: HttpServer;
let worker: Worker;
let running: Promise<void>;
const posted: { text: string }[] = [];
let refusals = 2;
/** What a look finds now, by site. */
const state: Record<string, string[]> = { "s-0": [], "s-1": ["its data disk was moved"], "s-2": [], "s-3": [] };
const looked: string[] = [];
const drilled: string[] = [];
const repaired: (readonly string[])[] = [];
/** What of it an `up` would mend, by site. */
const mendable: Record<string, RepairKind[]> = {};
let findings: Findings;

/** Sites that are variables; what is found is kept and told by what does that for real ones. */
function watched(): WatchWork {
  const { port } = hook.address() as AddressInfo;
  const env = { XDG_STATE_HOME: folder, GROUNDWORK_WATCH_WEBHOOK: `http://127.0.0.1:${port}/hook` };
  const project = { folder, name: "demo", stackFolder: "." };
  findings = Findings.of(project, env);
  return {
    ...watchWork(project, env),
    sites: async () => Object.keys(state).map((name, i) => ({ name, labels: { town: i < 2 ? "fulda" : "kassel" } })),
    async look(site): Promise<Finding> {
      looked.push(site);
      if (site === "s-3") throw new SiteRefusal("failed", "its program broke");
      const what = state[site] ?? [];
      const is = what.length > 0 ? "found" : "as described";
      return { site, at: new Date().toISOString(), is, what, ...(mendable[site] && { mends: mendable[site] }) };
    },
    async repair(sites) {
      repaired.push(sites);
    },
    async drill(site) {
      drilled.push(site);
      if (site === "s-0") throw new SiteRefusal("failed", "objects are missing");
    },
  };
}

beforeAll(async () => {
  hook = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      if (refusals-- > 0) response.writeHead(503).end();
      else {
        posted.push(JSON.parse(body));
        response.writeHead(200).end();
      }
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => hook.once("listening", resolve));
  const program = join(await ensure(temporal), "temporal");
  server = await engine.serve({ program, database: join(folder, "temporal.db"), port: PORT });
  watching = await engine.watch({ address: server.address, namespace: "default" }, "demo");
  tellOnlyErrors();
  worker = await Worker.create({
    connection: await NativeConnection.connect({ address: server.address }),
    taskQueue: MAIN_QUEUE,
    workflowBundle: await workflowBundle(),
    activities: { ...watchActivitiesOf(watched()) },
  });
  running = worker.run();
});

afterAll(async () => {
  worker?.shutdown();
  await running;
  await watching?.close();
  await server?.stop();
  hook?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("a fleet that is watched", () => {
  it("is looked at when it says, in its own time; the same again changes nothing", async () => {
    await expect(watching.lookNow()).rejects.toThrow("watch: nothing is watched yet; run `groundwork fleet watch`");
    const [looks] = await watching.set(times, pace);
    const clock = (iso: string) =>
      new Date(iso).toLocaleTimeString("en-GB", { timeZone: "Europe/Berlin", hour: "2-digit", minute: "2-digit" });
    expect([...new Set(looks?.next.map(clock))].sort()).toEqual(["04:00", "16:30"]);
    expect(await watching.set(times, pace)).toEqual([looks]);
    const changed = await watching.set({ ...times, looks: ["05:15"], drills: { from: "01:00", ...drills } }, pace);
    expect(changed.map(({ what, next }) => [what, clock(next[0] ?? "")])).toEqual([
      ["looks", "05:15"],
      ["drills", "01:00"],
    ]);
    expect((await watching.set(times, pace)).map(({ what }) => what)).toEqual(["looks"]);
  });

  it("tells what it finds once, to a webhook that refuses at first, and looks on meanwhile", async () => {
    await watching.lookNow();
    await expect.poll(() => findings.read().untold?.why, { timeout: 60_000 }).toMatch(/^127\.0\.0\.1:\d+ answers 503$/);
    expect(findings.read().findings["s-1"]?.what).toEqual(["its data disk was moved"]);
    await expect.poll(() => posted.length, { timeout: 60_000 }).toBe(1);
    expect(posted[0]?.text).toBe("s-1: its data disk was moved\ns-3: it could not be looked at: its program broke");
    await expect.poll(() => findings.read().untold, { timeout: 60_000 }).toBeUndefined();

    state["s-1"] = [];
    state["s-2"] = ["a certificate ends in 9 days"];
    looked.length = 0;
    await watching.lookNow();
    await expect.poll(() => posted.length, { timeout: 60_000 }).toBe(2);
    expect(posted[1]?.text.split("\n").sort()).toEqual([
      "s-1: as described again",
      "s-2: a certificate ends in 9 days",
    ]);
    expect(looked.sort()).toEqual(["s-0", "s-1", "s-2", "s-3"]);
  });

  it("has mended in one rollout what its owner left to it, and no site at which there is anything else to mend", async () => {
    expect(repaired).toEqual([]);
    mendable["s-0"] = ["certificates"];
    mendable["s-1"] = ["changed-by-hand", "certificates"];
    mendable["s-2"] = ["changed-by-hand", "not-brought-up"];
    await watching.set({ ...times, repair: { what: ["changed-by-hand", "certificates"] } }, pace);
    await watching.lookNow();
    await expect.poll(() => repaired, { timeout: 60_000 }).toHaveLength(1);
    expect([...(repaired[0] ?? [])].sort()).toEqual(["s-0", "s-1"]);
    await watching.set(times, pace);
    for (const site of Object.keys(mendable)) delete mendable[site];
  });

  it("has the drills of a night one after another, whatever becomes of each, and none of a site that is being changed", async () => {
    const connection = await Connection.connect({ address: server.address });
    const { workflow } = new Client({ connection });
    const input = { project: "demo", pace, timeZone: "UTC", atOnce: 2, drills: { from: "01:00", ...drills } };
    const tonight = drillsOf(await watched().sites(), input.drills, nightOf(Date.now()));
    expect(tonight).toHaveLength(2);
    await workflow.execute("drills", { workflowId: "drills-1", taskQueue: MAIN_QUEUE, args: [input] });
    expect(drilled).toEqual(tonight);

    // A change has the same id: the drill of its site is left out, and it is not looked at.
    const [first = ""] = tonight;
    const order = { site: first, digests: {} };
    const change = { order, rollout: "none", queue: "nobody", minutes: 5, pace };
    const begun = await workflow.start("change", {
      workflowId: `groundwork/demo/site/${first}`,
      taskQueue: MAIN_QUEUE,
      args: [change],
    });
    drilled.length = 0;
    looked.length = 0;
    await workflow.execute("drills", { workflowId: "drills-2", taskQueue: MAIN_QUEUE, args: [input] });
    await workflow.execute("looks", { workflowId: "looks-2", taskQueue: MAIN_QUEUE, args: [input] });
    expect(drilled).toEqual(tonight.slice(1));
    expect(looked).not.toContain(first);
    expect(looked).toHaveLength(3);
    await begun.terminate();
    await connection.close();
  });

  it("is watched no more when that is ended", async () => {
    expect(await watching.end()).toBe(true);
    expect(await watching.end()).toBe(false);
  });
});
