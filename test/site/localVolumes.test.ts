import { describe, expect, it } from "vitest";
import { settledOf } from "../../site/description/changes/settled";
import type { SiteInput } from "../../site/description/spec";
import { singleFailures } from "../../site/judge/failures";
import { checkRules } from "../../site/judge/rules";
import { appliedOf } from "../../site/life/applied";
import { changeOfStanding } from "../../site/life/changes/standing";
import type { SitePlan } from "../../site/plan/model";
import { applyScript } from "../../site/render/apply";
import { imagesOf } from "../../site/render/images";
import { existingSite } from "../support/existingSite";
import { planned } from "../support/planning";
import { refusal } from "../support/refusal";
import { host, site, threeHosts } from "../support/sites";

const pool = { name: "general", count: 3, cpus: 4, memoryGiB: 16 };
const described = (more: Partial<SiteInput> = {}, volumesGiB: number | undefined = 100) =>
  site(threeHosts, {
    addons: { localVolumes: {} },
    workers: [{ ...pool, ...(volumesGiB !== undefined && { volumesGiB }) }],
    ...more,
  });
const without = () => site(threeHosts, { workers: [pool] });
const dataOf = ({ machines }: SitePlan, role: string) =>
  machines
    .filter((machine) => machine.role === role)
    .map(({ name, disks }) => ({ name, ...disks.find((disk) => disk.name === "data") }));

describe("volumes of claims on workers' disks (W3)", () => {
  it("change nothing of a site that has none", () => {
    const { plan, facts } = planned(without());
    expect(JSON.stringify([plan, settledOf(plan.spec), facts, singleFailures(facts)])).not.toMatch(/volumes/i);
    expect(imagesOf(plan).filter(({ image }) => image.includes("local-path"))).toEqual([]);
    for (const machine of plan.machines.filter(({ role }) => role === "worker"))
      expect(applyScript(plan, machine)).not.toContain("groundwork-volumes");
  });

  it("lie on a disk of each worker, beside its own, on a device without a member", () => {
    const { plan, mandatory } = planned(described());
    expect(mandatory).toEqual([]);
    const volumes = dataOf(plan, "worker");
    expect(volumes.map(({ sizeGiB }) => sizeGiB)).toEqual([100, 100, 100]);
    expect(new Set(volumes.map(({ device }) => device)).size).toBe(3);
    const members = dataOf(plan, "etcd").map(({ device }) => device);
    expect(volumes.filter(({ device }) => members.includes(device))).toEqual([]);
    for (const { disks } of plan.machines.filter(({ role }) => role === "worker"))
      expect(new Set(disks.map(({ device }) => device)).size).toBe(1);
  });

  it("share a redundant device with a member, on a partition of their own", () => {
    const redundant = (datastores: string[]) => [{ id: "dev.raid", redundancy: "raid10" as const, datastores }];
    const on = (datastores: string[]) =>
      planned(
        site([host("box", { devices: redundant(datastores) })], {
          addons: { localVolumes: {} },
          workers: [{ ...pool, count: 1, volumesGiB: 100 }],
        }),
      );
    const roomy = on(["r1", "r2", "r3", "r4"]);
    expect(roomy.finding("volumes-off-etcd")).toBeUndefined();
    const members = dataOf(roomy.plan, "etcd").map(({ datastore }) => datastore);
    expect(members).not.toContain(dataOf(roomy.plan, "worker")[0]?.datastore);
    expect(on(["r1"]).finding("volumes-off-etcd")?.message).toMatch(
      /^the volumes of shop-general-a lie on dev\.raid \(datastore r1\) with the data of shop-etcd-a/,
    );
  });

  it("are refused where every device has a member, and where the owner places them beside one", () => {
    const single = ["esx-1", "esx-2", "esx-3"].map((name) => host(name, { deviceCount: 1 }));
    const { mandatory } = planned({ ...described(), hosts: single });
    expect(mandatory.filter(({ rule }) => rule === "volumes-off-etcd").map(({ path }) => path)).toEqual(
      ["a", "b", "c"].map((letter) => `machines.shop-general-${letter}.disks.data`),
    );
    const { plan } = planned(described());
    const [member] = plan.machines.filter(({ role }) => role === "etcd");
    const placement = { a: { host: member?.host, datastore: member?.disks[1]?.datastore } };
    const pinned = planned(described({ etcd: { placement }, workers: [{ ...pool, volumesGiB: 100, placement }] }));
    expect(pinned.finding("volumes-off-etcd")?.message).toBe(
      `the volumes of shop-general-a lie on ${member?.disks[1]?.device} with the data of ${member?.name}`,
    );
  });

  it("have a member go elsewhere where the owner places them", () => {
    const placement = { a: { host: "esx-1", datastore: "esx-1-a" } };
    const { plan, mandatory } = planned(described({ workers: [{ ...pool, volumesGiB: 100, placement }] }));
    expect(mandatory).toEqual([]);
    expect(dataOf(plan, "worker")[0]?.datastore).toBe("esx-1-a");
    expect(dataOf(plan, "etcd").map(({ datastore }) => datastore)).toContain("esx-1-b");
  });

  it("are held apart from a member that comes later", () => {
    const spread = planned(described({ etcd: { members: 3 } })).plan;
    const grown = planned(
      { ...described({ etcd: { members: 5 } }), hosts: [...threeHosts, host("esx-4"), host("esx-5")] },
      spread,
    );
    expect(grown.plan.moves.filter(({ machine }) => machine.includes("general"))).toEqual([]);
    expect(grown.finding("volumes-off-etcd")).toBeUndefined();
  });

  it("are counted in the device's room", () => {
    const small = threeHosts.map((one) => ({
      ...one,
      devices: one.devices?.map((device) => ({ ...device, capacityGiB: 300 })),
    }));
    const finding = (volumesGiB: number) =>
      checkRules(planned({ ...described({}, volumesGiB), hosts: small }).facts).find(
        ({ rule }) => rule === "device-space",
      );
    expect(finding(100)).toBeUndefined();
    expect(finding(250)?.message).toBe("the disks on dev.esx-1-2 have 360 GiB, the device has 300");
  });

  it("take of workers' room what makes them", () => {
    const taken = (input: SiteInput) => planned(input).facts.onEachWorker;
    expect(taken(without())).toBeUndefined();
    expect(taken(described())).toEqual({ cpus: 0.02, memoryGiB: 48 / 1024 });
    const network = { ...described().network, serviceAddresses: "10.0.42.200-10.0.42.219" };
    expect(taken({ ...described(), network })).toEqual({ cpus: 0.04, memoryGiB: 96 / 1024 });
    const left = (input: SiteInput) =>
      singleFailures(planned(input).facts).find(({ kind, workersLeft }) => kind === "host" && workersLeft === 2)
        ?.capacityLeft;
    expect(left(without())?.memoryGiB).toBeGreaterThan(left(described())?.memoryGiB ?? Number.POSITIVE_INFINITY);
  });

  it("end with their device, host or worker, and with nothing else: the failure table says so", () => {
    const { plan, facts } = planned(described());
    const [first] = plan.machines.filter(({ role }) => role === "worker");
    const failures = singleFailures(facts);
    const costOf = (kind: string, id?: string) => failures.find((f) => f.kind === kind && f.id === id)?.volumes;
    expect(costOf("device", first?.disks[1]?.device)).toEqual({ lost: 1, away: 0 });
    expect(costOf("datastore", first?.disks[1]?.datastore)).toEqual({ lost: 1, away: 0 });
    expect(costOf("host", first?.host)).toEqual({ lost: 1, away: 0 });
    expect(costOf("machine", first?.name)).toEqual({ lost: 1, away: 0 });
    expect(costOf("machine", "shop-etcd-a")).toEqual({ lost: 0, away: 0 });
    expect(costOf("network", plan.spec.network.cidr)).toEqual({ lost: 0, away: 3 });
    const action = (kind: string, id?: string) => failures.find((f) => f.kind === kind && f.id === id)?.action;
    expect(action("host", first?.host)).toContain("delete the claims whose volumes lay there");
    expect(action("machine", "shop-etcd-a")).not.toContain("claims");
  });

  it("outlive a host whose disks are elsewhere, and the loss of power", () => {
    const hosts = ["esx-1", "esx-2", "esx-3"].map((name) => ({ ...host(name), feed: "left" }));
    const feed = singleFailures(planned({ ...described(), hosts }).facts).find(({ kind }) => kind === "feed");
    expect(feed?.volumes).toEqual({ lost: 0, away: 3 });
  });

  it("come by an image of the site's own registry where it has one", () => {
    const image = (input: SiteInput) =>
      imagesOf(planned(input).plan).flatMap((one) => (one.source.includes("local-path") ? [one.image] : []));
    expect(image(described())).toEqual(["docker.io/rancher/local-path-provisioner:v0.0.30"]);
    const kubernetes = { version: "1.37.2", imageRepository: "registry.example/k8s" };
    expect(image(described({ kubernetes }))).toEqual(["registry.example/k8s/rancher/local-path-provisioner:v0.0.30"]);
  });
});

describe("a description of volumes", () => {
  const servers = (datastore?: string): SiteInput => {
    const base = existingSite();
    return {
      ...base,
      addons: { localVolumes: {} },
      workers: [{ name: "general", count: 2, cpus: 4, memoryGiB: 16, volumesGiB: 200 }],
      machines: base.machines?.map((machine, i) =>
        machine.role === "worker" ? { ...machine, ...(datastore && { datastore: `disk-${i}` }) } : machine,
      ),
    };
  };

  it.each<[string, unknown, string[]]>([
    ["can be left out of a pool", described({ workers: [pool, { ...pool, name: "data", volumesGiB: 50 }] }), []],
    ["may have a disk for somebody else's provisioner", { ...described(), addons: {} }, []],
    [
      "needs a disk",
      described({ workers: [pool] }),
      ["addons.localVolumes: no worker has a disk for volumes; give a pool of workers volumesGiB, or leave it out"],
    ],
    [
      "knows no third way with a volume that nobody claims",
      described({ addons: { localVolumes: { reclaimPolicy: "Recycle" as "Retain" } } }),
      [expect.stringMatching(/^addons\.localVolumes\.reclaimPolicy: /)],
    ],
    [
      "has a disk that vSphere makes",
      described({}, 70_000),
      ["workers[0].volumesGiB: vSphere makes no disk of 70000 GiB; use at most 63488, 62 TiB"],
    ],
    [
      "leaves the provisioner its namespace",
      described({ namespaces: [{ name: "local-path-storage" }] }),
      [
        "namespaces[0].name: local-path-storage is local-path-provisioner's, which addons.localVolumes brings; use another name",
      ],
    ],
    ["of servers names the device", servers("disk"), []],
    [
      "of servers does not guess it",
      servers(),
      [7, 8].map(
        (i) =>
          `machines[${i}].datastore: its pool has volumesGiB, and nobody says on which device its volumes lie; name the datastore of that device of its host`,
      ),
    ],
  ])("%s", (_, input, problems) => {
    expect(refusal(input)).toEqual(problems);
  });

  it("of servers has the planned device looked for", () => {
    const { plan } = planned(servers("disk"));
    const [worker] = plan.machines.filter(({ role }) => role === "worker");
    expect(applyScript(plan, worker as (typeof plan.machines)[number])).toContain(
      `DATA_DEVICE='${worker?.disks[1]?.device}'`,
    );
    expect(worker?.disks[1]?.device).toBe("naa.5000c500b0000017");
  });
});

describe("a change of a site that runs", () => {
  const judged = (before: SiteInput, after: SiteInput) => {
    const applied = appliedOf(planned(before).plan);
    const { plan } = planned(after, applied);
    const { refused, cautions } = changeOfStanding(plan, applied);
    const said = (problems: typeof refused) => problems.map(({ path, fact }) => `${path}: ${fact}`);
    return { refused: said(refused), cautions: said(cautions) };
  };
  const sized = (volumesGiB: number | undefined, more: Partial<typeof pool> = {}) =>
    described({ workers: [{ ...pool, ...more, ...(volumesGiB !== undefined && { volumesGiB }) }] });

  it("may make the disks larger, and nothing is made anew", () => {
    expect(judged(sized(100), sized(150))).toEqual({ refused: [], cautions: [] });
  });

  it("may not make them smaller, nor leave them out", () => {
    expect(judged(sized(100), sized(50)).refused).toEqual(
      ["a", "b", "c"].map(
        (letter) =>
          `machines.shop-general-${letter}: its data disk has 100 GiB and would have 50: a disk cannot shrink, and every volume on it would end with it`,
      ),
    );
    const gone = judged(sized(100), without()).refused;
    expect(gone).toHaveLength(3);
    expect(gone[0]).toMatch(/^machines\.shop-general-a: its disk for volumes, 100 GiB, would be left out: /);
  });

  it("gives running workers disks by making them anew, of which nothing is lost", () => {
    expect(judged(without(), sized(100))).toEqual({ refused: [], cautions: [] });
  });

  it("says of every worker that leaves or is made anew that its volumes end", () => {
    const [left] = judged(sized(100), sized(100, { count: 2 })).cautions;
    expect(left).toBe(
      "machines.shop-general-c: it leaves, and volumes on its disk end with it: `up` stops there as long as a claim has one",
    );
    const made = judged(sized(100), sized(100, { memoryGiB: 8 })).cautions;
    expect(made).toHaveLength(3);
    expect(made[0]).toMatch(/^machines\.shop-general-a: it is made anew, and volumes/);
    expect(judged(sized(100), sized(100, { memoryGiB: 32 })).cautions).toEqual([]);
  });

  it("of what becomes of volumes whose claim is deleted holds for later ones", () => {
    const policy = (reclaimPolicy: "Retain" | "Delete") => described({ addons: { localVolumes: { reclaimPolicy } } });
    expect(judged(policy("Retain"), policy("Delete")).cautions).toEqual([
      expect.stringMatching(
        /^addons\.localVolumes\.reclaimPolicy: .*Retain.* becomes .*Delete.*volumes that were given/,
      ),
    ]);
  });
});
