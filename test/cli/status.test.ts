import { describe, expect, it } from "vitest";
import { statusOf } from "../../cli/status/judge";
import { printStatus } from "../../cli/status/print";
import { answerOf, question } from "../../cli/status/question";
import { overfull } from "../../cli/status/quotas";
import type { SiteSeen } from "../../cli/status/seen";
import type { Place } from "../../sdks/vcenter/places";
import { parseSite } from "../../site/description/parse";
import { factsOfPlan } from "../../site/facts/plan";
import type { MachinePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { site, threeHosts } from "../support/sites";
import { answers, endpointStatus, fsync, LEADER, plan, seen, version } from "../support/statusSeen";

const on = (name: string) => `${name} on ${plan.machines.find((machine) => machine.name === name)?.host}`;
const gone = (name: string) => (all: SiteSeen) => {
  all.machines[name] = { answers: false, problem: "connect timed out" };
};
const needs = (change: (seen: SiteSeen) => void) => statusOf(seen(change)).needs.map(({ what }) => what);

const planned = (name: string) => plan.machines.find((machine) => machine.name === name) as MachinePlan;
const placesOf = ({ places }: SiteSeen) => (Array.isArray(places) ? places : []);
const moved = (name: string, is: Partial<Place>) => (all: SiteSeen) => {
  all.places = placesOf(all).map((place) => (place.name === name ? { ...place, ...is } : place));
};

describe("a site that is well", () => {
  it("says so, on one screen", () => {
    const status = statusOf(seen());
    expect(status.needs).toEqual([]);
    expect(status.well).toBe(true);
    expect(status.machines.every(({ is }) => is === "well")).toBe(true);
    const text = printStatus(status);
    expect(text.split("\n").length).toBeLessThan(25);
    expect(text.replace(version, "X.Y.Z")).toMatchInlineSnapshot(`
      "shop is well.

      machines     9 of 9 well
      members      shop-etcd-a (5.0 MiB, fsync 4 ms, leads); shop-etcd-b (5.0 MiB, fsync 4 ms); shop-etcd-c (5.0 MiB, fsync 4 ms)
      address      10.0.42.5, held by shop-load-balancer-a
      versions     Kubernetes vX.Y.Z; etcd 3.6.8
      certificate  apiserver ends next, in 91 days
      alone        goes on until 2026-09-01 with no \`up\`
      backup       60 min old
      drill        passed 24 h ago
      one failure  of a machine, device or host costs neither etcd, the API nor data
      "
    `);
  });
});

describe("what needs a person", () => {
  it.each<[string, (seen: SiteSeen) => void, string]>([
    ["a machine that does not answer", gone("shop-etcd-b"), `${on("shop-etcd-b")}: does not answer`],
    [
      "a worker that vanished",
      (all) => {
        all.nodes = Array.isArray(all.nodes) ? all.nodes.filter(({ name }) => name !== "shop-general-b") : all.nodes;
      },
      `${on("shop-general-b")}: is no node of the cluster`,
    ],
    [
      "a node that is not Ready",
      (all) => Object.assign(Array.isArray(all.nodes) ? (all.nodes.at(-1) as object) : {}, { ready: false }),
      `${on("shop-general-b")}: node is not Ready`,
    ],
    [
      "a node that nobody described",
      (all) =>
        Array.isArray(all.nodes) &&
        all.nodes.push({ name: "other", ready: true, version: `v${version}`, cordoned: false }),
      "node other is no machine of the site",
    ],
    [
      "a node of another version",
      (all) => Object.assign(Array.isArray(all.nodes) ? (all.nodes[0] as object) : {}, { version: "v1.35.0" }),
      `shop-control-plane-a runs Kubernetes v1.35.0, not v${version}`,
    ],
    [
      "an API that does not answer",
      (all) => {
        all.nodes = { problem: "no answer within 3 s" };
      },
      "the API does not answer at https://10.0.42.5:6443: no answer within 3 s",
    ],
    [
      "a virtual address that nobody holds",
      (all) => {
        all.machines["shop-load-balancer-a"] = answers("holds\t0\n");
      },
      "nobody that answers holds the virtual address 10.0.42.5",
    ],
    [
      "a virtual address that two hold",
      (all) => {
        all.machines["shop-load-balancer-b"] = answers("holds\t1\n");
      },
      "shop-load-balancer-a and shop-load-balancer-b hold the virtual address 10.0.42.5 at the same time",
    ],
    [
      "a service that stopped",
      (all) => {
        all.machines["shop-load-balancer-b"] = answers("stopped\thaproxy\nholds\t0\n");
      },
      `${on("shop-load-balancer-b")}: haproxy does not run`,
    ],
    [
      "a KMS plugin that is away",
      (all) => {
        all.machines["shop-control-plane-b"] = answers("kms\t-\n");
      },
      `${on("shop-control-plane-b")}: its KMS plugin does not answer`,
    ],
    [
      "an alarm of etcd",
      (all) => {
        all.machines["shop-etcd-a"] = answers(`member\t${endpointStatus(LEADER, LEADER, { errors: ["NOSPACE"] })}\n`);
      },
      `${on("shop-etcd-a")}: NOSPACE`,
    ],
    [
      "a certificate that ends",
      (all) => {
        all.certificates = [
          { id: "apiserver", expires: "2026-06-05T12:00:00Z", machines: ["m"], places: [{ where: "m" }] },
        ];
      },
      "certificate apiserver ends in 4 days",
    ],
    [
      "a backup that is too old",
      (all) => {
        all.at = "2026-06-03T12:00:00.000Z";
      },
      "the last backup is 2 d old, 24 h are allowed",
    ],
    [
      "a machine that somebody deleted in vCenter",
      (all) => {
        all.places = placesOf(all).filter(({ name }) => name !== "shop-general-a");
      },
      "vCenter has no machine shop-general-a",
    ],
    [
      "a machine whose files vCenter cannot read",
      moved("shop-etcd-b", { connection: "inaccessible", datastores: [] }),
      "vCenter says that shop-etcd-b is inaccessible",
    ],
    [
      "a machine that was moved to another host",
      moved("shop-control-plane-a", { host: "esx-9" }),
      `shop-control-plane-a is on esx-9, and was made on ${planned("shop-control-plane-a").host}`,
    ],
    [
      "a member whose data disk storage migration has moved",
      moved("shop-etcd-a", { datastores: [planned("shop-etcd-a").disks[0]?.datastore ?? "", "san/1"] }),
      `shop-etcd-a: its data disk lies on san/1, and was made on ${planned("shop-etcd-a").disks[1]?.datastore}`,
    ],
    [
      "a drill that failed",
      (all) => {
        all.drill = { time: "2026-05-31T12:00:00Z", passed: false };
      },
      "the drill of 2026-05-31 failed",
    ],
  ])("%s", (_, change, what) => {
    const status = statusOf(seen(change));
    expect(status.needs.map((need) => need.what)).toContain(what);
    expect(status.well).toBe(false);
    for (const { run } of status.needs) expect(run).not.toBe("");
    expect(printStatus(status).split("\n")[0]).toMatch(/^shop is NOT well: \d+ things? needs? a person\.$/);
  });

  it("is told of everything that cannot be reached, and nothing of it is called well", () => {
    const status = statusOf(
      seen((all) => {
        for (const name of Object.keys(all.machines)) gone(name)(all);
        all.nodes = { problem: "no route to host" };
      }),
    );
    expect(status.machines.filter(({ is }) => is === "well")).toEqual([]);
    expect(status.needs[0]?.what).toContain("the API does not answer");
    expect(status.needs[1]?.what).toBe("etcd has no majority that is seen: 0 of 3 members follow a leader");
    expect(status.backup).toBe("unknown: no member tells");
  });

  it("is no worker where DRS or HA has put it, on storage that several hosts see", () => {
    const elsewhere = moved("shop-general-a", { host: "esx-9" });
    expect(needs(elsewhere)).toEqual([`shop-general-a is on esx-9, and was made on ${planned("shop-general-a").host}`]);
    const shared = planned("shop-general-a").disks.map(({ datastore }) => datastore);
    expect(needs((all) => elsewhere(Object.assign(all, { shared })))).toEqual([]);
    const member = moved("shop-etcd-a", { host: "esx-9" });
    expect(needs((all) => member(Object.assign(all, { shared })))).toHaveLength(1);
  });

  it("is not a vCenter that was not asked, which is told", () => {
    const status = statusOf(
      seen((all) => {
        all.places = { problem: "set VSPHERE_USER and VSPHERE_PASSWORD" };
      }),
    );
    expect([status.well, status.notes]).toEqual([
      true,
      ["vCenter was not asked where the machines are: set VSPHERE_USER and VSPHERE_PASSWORD"],
    ]);
  });

  it("comes with what one more failure would cost", () => {
    expect(statusOf(seen()).fatal).toEqual([]);
    const { fatal } = statusOf(seen(gone("shop-etcd-b")));
    expect(fatal).toContainEqual({ kind: "machine", id: "shop-etcd-a", costs: "etcd's majority, the API" });
    expect(fatal.map(({ id }) => id)).not.toContain("shop-etcd-b");
  });

  it("is not a load balancer whose peer holds the address while one is down, but that one", () => {
    expect(needs(gone("shop-load-balancer-b"))).toEqual([`${on("shop-load-balancer-b")}: does not answer`]);
  });
});

describe("what a machine says", () => {
  it("keeps etcd's ids to the last digit", () => {
    expect(answerOf(`member\t${endpointStatus(LEADER, LEADER)}\n`).member).toMatchObject({
      id: LEADER,
      leader: LEADER,
    });
  });

  it("is a problem where etcd says nothing, and nothing where no backup was ever tried", () => {
    expect(answerOf("member\t\nbackup\t\n")).toEqual({ stopped: [], member: { problem: "etcd does not answer" } });
  });

  it.each([
    ["between two limits", fsync(0, 500, 980, 1000, 1000), 12],
    ["below the first limit", fsync(1000, 1000, 1000, 1000, 1000), 2],
    ["above the last limit", fsync(0, 0, 0, 0, 1000), 16],
    ["of nothing that was written", fsync(0, 0, 0, 0, 0), undefined],
    ["where no metrics answer", "fsync\t\n", undefined],
  ])("is how long 99 of 100 writes of etcd's log took: %s", (_, said, ms) => {
    const { member } = answerOf(`member\t${endpointStatus(LEADER, LEADER)}\n${said}`);
    expect(member).toHaveProperty("id", LEADER);
    expect((member as { fsyncMs?: number }).fsyncMs).toBe(ms);
  });

  it("is told of a device under etcd that is slow, without calling the site broken", () => {
    const status = statusOf(
      seen((all) => {
        const slow = fsync(0, 500, 980, 1000, 1000);
        all.machines["shop-etcd-b"] = answers(
          `member\t${endpointStatus("1", LEADER)}\n${slow}backup\t{"last": null}\n`,
        );
      }),
    );
    expect([status.well, status.notes]).toEqual([
      true,
      [
        "etcd's log is slowly written, over 10 ms for 1 of 100: shop-etcd-b (12 ms); it wants a faster device, or one of its own",
      ],
    ]);
  });

  it("is told what a member's disk took before etcd first started, where that was measured (O6)", () => {
    const status = statusOf(
      seen((all) => Object.assign(all, { qualified: { "shop-etcd-a": 0.9, "shop-etcd-c": 38.5 } })),
    );
    const text = printStatus(status);
    expect(text).toContain(
      "shop-etcd-a (5.0 MiB, fsync 4 ms (0.9 ms at first), leads); shop-etcd-b (5.0 MiB, fsync 4 ms);",
    );
    expect([status.well, status.notes]).toEqual([
      true,
      [
        "disks were slow before etcd first started, over 10 ms for 1 of 100 writes: shop-etcd-c (38.5 ms); it wants a faster device, or one of its own",
      ],
    ]);
  });

  it("holds disks to the description's own limit", () => {
    const { facts } = seen();
    const etcd = { ...(facts.etcd as NonNullable<typeof facts.etcd>), fsyncLimitMs: 3.5 };
    const status = statusOf(seen((all) => Object.assign(all, { facts: { ...facts, etcd } })));
    expect(status.notes).toEqual([
      expect.stringContaining("over 3.5 ms for 1 of 100: shop-etcd-a (4 ms), shop-etcd-b"),
    ]);
    expect(factsOfPlan(planSite(parseSite(site(threeHosts, { etcd: { fsyncMs: 50 } })))).etcd?.fsyncLimitMs).toBe(50);
  });

  it("is told of a quota that is smaller than what runs (C4)", () => {
    const quota = (hard: string, used: string) =>
      overfull({
        metadata: { name: "quota", namespace: "tills" },
        status: { hard: { "requests.memory": hard, pods: "3" }, used: { "requests.memory": used, pods: "3" } },
      });
    expect(quota("2Gi", "2048Mi")).toEqual([]);
    const status = statusOf(seen((all) => Object.assign(all, { quotas: quota("1Gi", "1536Mi") })));
    expect([status.well, status.notes]).toEqual([
      true,
      [
        "namespace tills has 1536Mi of requests.memory, its quota allows 1Gi: what runs goes on, what ends does not start again",
      ],
    ]);
  });

  it("is asked for by its role", () => {
    expect(question("load-balancer", "10.0.42.28", { virtual: "10.0.42.5", isWatched: true })).toContain(
      "show to 10.0.42.5/32",
    );
    expect(question("control-plane", "10.0.42.19", { virtual: "10.0.42.5" })).not.toMatch(/etcdctl|alerts|kms/);
    expect(question("control-plane", "10.0.42.19", { isWatched: true })).toContain(
      "http://127.0.0.1:8880/api/v1/alerts",
    );
    expect(question("events", "10.0.42.37", { isWatched: true })).toContain("--endpoints=https://10.0.42.37:2379");
  });
});
