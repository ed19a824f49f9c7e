import { describe, expect, it } from "vitest";
import { exitCode } from "../../../cli/scale/command";
import type { Carrier } from "../../../cli/scale/model";
import { printProposal } from "../../../cli/scale/print";
import { propose } from "../../../cli/scale/propose";
import { cluster, pod, pool, turns, waits } from "./clusters";

/** The one pool's line. */
function proposed(seen: Parameters<typeof propose>[0], carrier: Carrier = turns(3)) {
  const proposal = propose(seen, carrier);
  const [line] = proposal.pools;
  return { count: line?.proposed, why: line?.why, notes: proposal.notes, code: exitCode(proposal) };
}

describe("a pool gets more workers (W4)", () => {
  it("where pods wait for CPUs or memory: as many as they need, and no more", () => {
    const on = [[pod("a", 2, 2, { givesWay: true })], [pod("b", 2, 2, { givesWay: true })]];
    const batch = ["x", "y", "z"].map((name) => ({ ...waits(name, 3, 4), givesWay: true }));
    expect(proposed(cluster([pool(on, [2, 6])], batch.slice(0, 1)))).toMatchObject({ count: 3, code: 1 });
    expect(proposed(cluster([pool(on, [2, 6])], batch)).count).toBe(5);
    expect(proposed(cluster([pool(on, [2, 6])], batch)).why).toBe(
      "3 pods wait for 9 CPUs and 12 GiB: shop/x, shop/y, shop/z",
    );
  });

  it("no further than its maximum", () => {
    const seen = cluster(
      [pool([[], []], [2, 3])],
      [waits("x", 3, 4), waits("y", 3, 4), waits("z", 3, 4), waits("v", 3, 4)],
    );
    expect(proposed(seen)).toMatchObject({
      count: 3,
      why: expect.stringMatching(/^2 pods wait .*; 3 is its maximum$/),
    });
  });

  it("no further than the hosts carry without any one of them", () => {
    const seen = cluster([pool([[pod("a", 3, 4)], [pod("b", 3, 4)]], [2, 9])], [waits("x", 3, 4), waits("y", 3, 4)]);
    expect(proposed(seen, turns(3, 3))).toMatchObject({
      count: 3,
      why: expect.stringMatching(/; not 4: the other hosts/),
    });
    expect(proposed(seen, turns(3, 2))).toMatchObject({ count: 2, code: 0 });
  });

  it("where pods of a lost host would find no room, those that give way and those that cannot move aside", () => {
    const on = (more = {}) => [[pod("a", 2.5, 2, more)], [pod("b", 2.5, 2, more)]];
    expect(proposed(cluster([pool(on(), [2, 5])]))).toMatchObject({
      count: 3,
      why: "without esx-1 1 pod would find no room",
    });
    expect(proposed(cluster([pool(on({ givesWay: true }), [2, 5])])).count).toBe(2);
    expect(proposed(cluster([pool(on({ isBound: true }), [2, 5])])).count).toBe(2);
    expect(proposed(cluster([pool(on(), [2, 5])], [], 1), turns(1)).count).toBe(2);
  });

  it("as few as help, where nothing helps all of them", () => {
    const crowded: Carrier = () => ({ hosts: { general: ["esx-1", "esx-1", "esx-2", "esx-1", "esx-1"] } });
    expect(proposed(cluster([pool([[pod("a", 3, 1)], [pod("b", 3, 1)]], [2, 5])], [], 2), crowded)).toMatchObject({
      count: 3,
      why: "without esx-1 2 pods would find no room; more than 3 would help no further",
    });
  });

  it("where they use nearly all that there is, whatever they ask for", () => {
    const uses = { cpus: 1, memoryGiB: 14.5 };
    const on = [[pod("a", 0.1, 0.1, { uses })], [pod("b", 0.1, 0.1, { uses })]];
    expect(proposed(cluster([pool(on, [2, 5])]))).toMatchObject({ count: 3, why: "pods use 91 % of its memory" });
  });

  it("only where another worker would hold what waits", () => {
    const { count, notes, code } = proposed(cluster([pool([[], []], [2, 5])], [waits("huge", 2, 40)]));
    expect([count, code]).toEqual([2, 0]);
    expect(notes).toEqual([
      "1 pod waits for 2 CPUs and 40 GiB: shop/huge; no worker of a pool that may grow would hold it",
    ]);
  });

  it("none for a pod that has room by what it asks for: something else is against it", () => {
    const { count, notes } = proposed(cluster([pool([[], []], [2, 5])], [waits("odd", 1, 1)]));
    expect(count).toBe(2);
    expect(notes).toEqual([expect.stringContaining("there is room by what pods ask for")]);
  });

  it("once another pool has fewer, and it is not told what was against it before that", () => {
    const on = (name: string) => [pod(name, 0.1, 2)];
    const general = pool([on("a"), on("b")], [2, 9]);
    const idle = pool([on("p"), on("q"), on("r")], [2, 9], "idle");
    const waiting = [waits("x", 1, 15, ["general", "idle"]), waits("y", 1, 15)].map((one) => ({
      ...one,
      givesWay: true,
    }));
    expect(propose(cluster([general, idle], waiting), turns(3, 6)).pools).toEqual([
      { pool: "general", now: 2, proposed: 4, why: "2 pods wait for 2 CPUs and 30 GiB: shop/x, shop/y" },
      { pool: "idle", now: 3, proposed: 2, why: "all that runs has room to spare on 2, without any one host, too" },
    ]);
  });

  it("the first one in which a pod may run, then the next", () => {
    const pools = [pool([[], []], [2, 3], "general"), pool([[], []], [2, 6], "large")];
    const waiting = Array.from({ length: 7 }, (_, i) => ({
      ...waits(`x${i}`, 3, 4, ["general", "large"]),
      givesWay: true,
    }));
    expect(propose(cluster(pools, waiting), turns(3)).pools.map((line) => line.proposed)).toEqual([3, 4]);
  });
});

describe("a pool gets fewer workers (W4)", () => {
  const idle = (count: number) =>
    pool(
      Array.from({ length: count }, (_, i) => [pod(`p${i}`, 0.5, 1)]),
      [2, 9],
    );

  it("where all that runs has room to spare on those that are left, without any one host, too", () => {
    expect(proposed(cluster([idle(6)]))).toMatchObject({
      count: 2,
      why: "all that runs has room to spare on 2, without any one host, too",
      code: 1,
    });
  });

  it("no fewer than its minimum", () => {
    expect(proposed(cluster([pool([[], [], [], []], [3, 9])]))).toMatchObject({ count: 3 });
  });

  it("not where they would nearly be full then", () => {
    const full = pool([[pod("a", 1.6, 1)], [pod("b", 1.6, 1)], [pod("c", 0.5, 1)]], [2, 9]);
    expect(proposed(cluster([full]))).toMatchObject({
      count: 3,
      code: 0,
      why: "pods ask for 31 % of its CPUs; with 2, without esx-1 1 pod would find no room",
    });
  });

  it("not where pods use what they do not ask for", () => {
    const uses = { cpus: 2.5, memoryGiB: 1 };
    const busy = pool(
      [[pod("a", 0.1, 1, { uses })], [pod("b", 0.1, 1, { uses })], [pod("c", 0.1, 1, { uses })]],
      [2, 9],
    );
    expect(proposed(cluster([busy]))).toMatchObject({
      count: 3,
      why: expect.stringContaining("pods would use 94 % of the CPUs of 2"),
    });
  });

  it("not where what is on the next one is nowhere else", () => {
    const kept = idle(4);
    Object.assign(kept.workers[3] ?? {}, {
      keeps: "general-d holds a volume, which would end with it (claim shop/data)",
    });
    expect(proposed(cluster([kept]))).toMatchObject({ count: 4, why: expect.stringContaining("claim shop/data") });
  });

  it("not where pods that are never two on one node would share one", () => {
    const apart = pool(
      ["a", "b", "c"].map((name) => [pod(name, 0.1, 0.1, { apart: "shop web" })]),
      [2, 9],
    );
    expect(proposed(cluster([apart])).count).toBe(3);
  });

  it("not where a mandatory rule would be broken", () => {
    const strict: Carrier = (counts) => ({
      ...turns(3)(counts),
      ...((counts.general ?? 0) < 4 && {
        broken: "without esx-1 the workers have 3.9 CPUs for pods, the workload needs 6",
      }),
    });
    expect(proposed(cluster([idle(6)]), strict).count).toBe(4);
  });

  it("not while pods wait that it may hold, and before another one is given more", () => {
    const pools = [idle(3), pool([[pod("a", 3, 3)], [pod("b", 3, 3)]], [2, 9], "large")];
    const waiting = [{ ...waits("x", 3.9, 1, ["large"]), givesWay: true }];
    const lines = propose(cluster(pools, waiting), turns(3, 5)).pools;
    expect(lines.map(({ proposed: count }) => count)).toEqual([2, 3]);
  });
});

describe("a pool that cannot be judged", () => {
  it.each([
    ["is not there", { count: 3 }, "3 are described and 2 are there: bring the description up first"],
    ["has a worker that takes no pods", {}, "general-b is not Ready: see `groundwork status`"],
  ])("%s: nothing is proposed", (_, more, why) => {
    const sick = { ...pool([[], []], [1, 4]), ...more };
    Object.assign(sick.workers[1] ?? {}, { problem: "is not Ready" });
    const { count, why: said, code } = proposed(cluster([sick], [waits("x", 3, 4)]));
    expect([count, said, code]).toEqual([undefined, why, 2]);
  });
});

it("is told as one table", () => {
  const sick = pool([[]], [1, 4], "gpu");
  Object.assign(sick.workers[0] ?? {}, { problem: "takes no pods (cordoned)" });
  const seen = cluster(
    [pool([[pod("a", 3, 2)], [pod("b", 3, 2)]], [2, 4]), sick, pool([[]], undefined, "fixed")],
    [waits("x", 2, 3)],
  );
  expect(printProposal(propose({ ...seen, isMeasured: false, waitingForOther: 1 }, turns(3)))).toMatchInlineSnapshot(`
    "POOL     NOW  PROPOSED  WHY
    general  2    4         1 pod waits for 2 CPUs and 3 GiB: shop/x; without esx-1 1 pod would find no room; 4 is its maximum
    gpu      1    ?         gpu-a takes no pods (cordoned): see \`groundwork status\`
    note: 1 pod waits for something that no worker more would bring: \`kubectl describe pod\` says what
    note: nobody measured what pods use (no metrics.k8s.io): judged by what they ask for
    "
  `);
});
