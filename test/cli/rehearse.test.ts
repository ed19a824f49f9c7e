import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { ClockJump } from "../../lab/rehearsal/clock";
import { chosen, distinct, type Row, rowsOf } from "../../lab/rehearsal/row";
import { brokenPromises, type Seen } from "../../lab/rehearsal/seen";
import { parseSite } from "../../site/description/parse";
import { factsOfPlan } from "../../site/facts/plan";
import { singleFailures } from "../../site/judge/failures";
import { components } from "../../site/judge/failures/components";
import { planSite } from "../../site/plan/plan";
import { site, threeHosts } from "../support/sites";

const facts = factsOfPlan(planSite(parseSite(site(threeHosts))));
const rows = rowsOf(facts, singleFailures(facts));

describe("the rows of a rehearsal", () => {
  it("are every row of the table that costs something, and what follows from it", () => {
    const table = components(facts).filter(({ down }) => down.length > 0);
    expect(rows.slice(0, table.length).map(({ id }) => id)).toEqual(table.map(({ kind, id }) => `${kind} ${id}`));
    expect(rows.slice(table.length).map(({ id }) => id)).toEqual([
      ...["split esx-1", "split esx-2", "split esx-3"],
      ...["full dev.esx-1-1", "slow dev.esx-1-1"],
      ...["clock shop-etcd-a", "clock shop-control-plane-a", "clock shop-general-a"],
      ...["device gone dev.esx-1-1", "host gone esx-3"],
    ]);
  });

  it("are caused, or say why not", () => {
    const not = rows.filter(({ cause }) => cause === "none");
    expect(not.every(({ because }) => because !== undefined)).toBe(true);
    expect(not.map(({ id, because }) => `${id}: ${because}`)).toContain(
      "load-balancer shop-load-balancer-a: the same as machine shop-load-balancer-a",
    );
  });

  it("of which some are alike", () => {
    const once = distinct(rows, facts);
    const machines = once.filter(({ cause }) => cause === "machine").map(({ id }) => id);
    expect(machines).toEqual(
      ["control-plane-a", "etcd-a", "general-a", "load-balancer-a"].map((m) => `machine shop-${m}`),
    );
    expect(new Set(once.map(({ cause }) => cause)).size).toBe(10);
  });

  it("can be chosen by kind or by name", () => {
    expect(chosen(rows, [])).toEqual(rows);
    expect(chosen(rows, ["host", "host esx-2", "slow"]).map(({ id }) => id)).toEqual([
      ...["host esx-1", "host esx-2", "host esx-3"],
      "slow dev.esx-1-1",
    ]);
    expect(chosen(rows, ["device gone", "host gone esx-3"]).map(({ id }) => id)).toEqual([
      ...["device gone dev.esx-1-1", "host gone esx-3"],
    ]);
    expect(() => chosen(rows, ["hosts"])).toThrow(
      /^--row: there is no "hosts"; use one of machine shop-control-plane-a,/,
    );
  });

  it("need a table of the same site", () => {
    expect(() => rowsOf(facts, [])).toThrow(
      "machine shop-control-plane-a: the table has no such row; use one of this site",
    );
  });
});

describe("a promise", () => {
  const promised: Row["promised"] = { etcdQuorum: true, apiReachable: true, dataLost: false, workersLeft: 2 };
  const seen: Seen = { ...promised, lostWrites: [], longestGap: 900, acknowledged: 80, wholeAfter: 3 };

  it("that is kept is no news", () => expect(brokenPromises("machine", promised, seen)).toEqual([]));

  it.each([
    [{ etcdQuorum: false }, "etcd: the table says a quorum, it was no quorum"],
    [{ apiReachable: false }, "API: the table says reachable, it was not reachable"],
    [{ lostWrites: ["object-7"] }, "data: the table says kept, 1 acknowledged writes are gone"],
    [{ workersLeft: 1 }, "workers: the table says 2 are left, 1 were"],
  ] as [Partial<Seen>, string][])("that is broken is told: %j", (happened, told) => {
    expect(brokenPromises("machine", promised, { ...seen, ...happened })).toEqual([told]);
  });

  it("that says too little is as wrong", () => {
    const gloomy = { etcdQuorum: false, apiReachable: false, dataLost: false, workersLeft: 1 };
    expect(brokenPromises("host", gloomy, seen)).toEqual([
      "etcd: the table says no quorum, it was a quorum",
      "API: the table says not reachable, it was reachable",
      "workers: the table says 1 are left, 2 were",
    ]);
  });

  it("counts a machine as lost whose programs outlive its disk", () => {
    expect(brokenPromises("device", { ...promised, workersLeft: 1 }, seen)).toEqual([]);
  });
});

it.runIf(process.arch === "x64")(
  "a clock jumps for the process that is named, back again, and for nobody else",
  async () => {
    const child = spawn("bash", ["-c", "while :; do echo $EPOCHSECONDS; sleep 0.05; done"]);
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    /** How far ahead the process is, in hours. */
    const ahead = async (after: number) => {
      for (const end = Date.now() + after; ; ) {
        const { value } = await lines.next();
        if (Date.now() > end) return Math.round((Number(value) - Date.now() / 1000) / 360) / 10;
      }
    };
    try {
      expect(await ahead(0)).toBeCloseTo(0);
      const before = Date.now();
      const jump = ClockJump.start(() => [child.pid as number], 3600);
      expect(await ahead(200)).toBeCloseTo(1);
      expect(Date.now() - before).toBeLessThan(1_800_000);
      await jump.mend();
      expect(await ahead(200)).toBeCloseTo(0);
    } finally {
      child.kill();
      await once(child, "close");
    }
  },
);
