import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { allocatable, kubeletReservations, maxPods } from "../../site/description/kubeletReservations";
import type { SiteInput } from "../../site/description/spec";
import { apiServerLimits } from "../../site/plan/sizing";
import { machineFiles } from "../../site/render/machine";
import { planned } from "../support/planning";
import { host, largeSite, site, threeHosts } from "../support/sites";

const nodes = (count: number, more: Partial<SiteInput> = {}) => planned({ ...largeSite(60, count - 2), ...more }).plan;
const GiB = 2 ** 30;

describe("C1: kube-reserved, system-reserved, eviction and max pods from the machine's size", () => {
  test.each([
    [{ cpus: 2, memoryGiB: 4 }, { cpu: "56m", memory: "819Mi" }, { cpu: "14m", memory: "205Mi" }, 30],
    [{ cpus: 4, memoryGiB: 16 }, { cpu: "64m", memory: "2130Mi" }, { cpu: "16m", memory: "533Mi" }, 50],
    [{ cpus: 32, memoryGiB: 256 }, { cpu: "120m", memory: "9732Mi" }, { cpu: "30m", memory: "2434Mi" }, 110],
  ])("%o", (machine, kube, system, pods) => {
    const reserved = kubeletReservations(machine);
    expect(reserved.kubeReserved).toMatchObject(kube);
    expect(reserved.systemReserved).toMatchObject(system);
    expect(reserved.maxPods).toBe(pods);
    expect(reserved.evictionHard["memory.available"]).toMatch(/^\d+Mi$/);
  });

  test("a larger machine never has less for pods", () => {
    for (let memoryGiB = 2; memoryGiB < 512; memoryGiB++)
      expect(allocatable({ cpus: 4, memoryGiB: memoryGiB + 1 }).memoryGiB).toBeGreaterThan(
        allocatable({ cpus: 4, memoryGiB }).memoryGiB,
      );
    for (let cpus = 1; cpus < 64; cpus++) expect(maxPods({ cpus: cpus + 1 })).toBeGreaterThanOrEqual(maxPods({ cpus }));
  });

  test("they are in the kubelet's configuration on each node", () => {
    const { plan } = planned(site(threeHosts));
    for (const machine of plan.machines.filter((m) => m.role === "worker" || m.role === "control-plane")) {
      const text = machineFiles(plan, machine)
        .find((f) => f.path === "/var/lib/kubelet/config.yaml")
        ?.content.join("");
      const { kubeReserved, systemReserved, evictionHard, maxPods: pods } = parse(text ?? "");
      expect({ kubeReserved, systemReserved, evictionHard, maxPods: pods }).toMatchObject({
        kubeReserved: kubeletReservations(machine).kubeReserved,
        systemReserved: kubeletReservations(machine).systemReserved,
        evictionHard: kubeletReservations(machine).evictionHard,
        maxPods: maxPods(machine),
      });
    }
  });
});

describe("C2: API server request limits and memory from the cluster's size", () => {
  test.each([
    [4, 8, 400, 200],
    [100, 16, 400, 200],
    [300, 32, 400, 200],
    [1200, 64, 1500, 500],
    [3500, 64, 3000, 1000],
  ])("%i nodes: %i GiB, %i reads and %i writes at a time", (count, memoryGiB, reads, writes) => {
    const plan = nodes(count);
    expect(plan.machines.find((m) => m.role === "control-plane")?.memoryGiB).toBe(memoryGiB);
    expect(apiServerLimits(plan)).toEqual({ maxRequestsInflight: reads, maxMutatingRequestsInflight: writes });
  });

  test("a small control plane works on fewer, so that it answers 429 before it runs out of memory", () => {
    const { plan } = planned(site(threeHosts, { controlPlanes: { memoryGiB: 2 } }));
    expect(apiServerLimits(plan)).toEqual({ maxRequestsInflight: 100, maxMutatingRequestsInflight: 50 });
  });

  test("the owner's own size stands", () => {
    const plan = nodes(300, { controlPlanes: { memoryGiB: 24, cpus: 6 }, etcd: { memoryGiB: 12 } });
    expect(plan.machines.find((m) => m.role === "control-plane")).toMatchObject({ cpus: 6, memoryGiB: 24 });
    expect(plan.machines.find((m) => m.role === "etcd")).toMatchObject({ cpus: 8, memoryGiB: 12 });
  });
});

describe("C3: etcd's timers, quota, compaction and defragmentation", () => {
  const tuned = (network: Partial<SiteInput["network"]>, etcd: SiteInput["etcd"] = {}) =>
    planned(site(threeHosts, { network: { ...site(threeHosts).network, ...network }, etcd }));

  test("the heartbeat is the largest round trip between members, at least etcd's own 100 ms", () => {
    expect(tuned({}).plan.etcd.heartbeatMs).toBe(100);
    expect(tuned({ rttMs: 142 }).plan.etcd.heartbeatMs).toBe(150);
  });
  test("of the members' hosts only, where pairs of hosts are further apart", () => {
    const far = (a: string, b: string) => tuned({ rtt: [{ between: [a, b], ms: 230 }] }).plan.etcd;
    expect(far("esx-1", "esx-3")).toMatchObject({ heartbeatMs: 230, electionMs: 2300, rttMs: 230 });
    const four = [...threeHosts, host("far-away", { devices: [{ id: "x", media: "hdd", datastore: "x" }] })];
    const network = { ...site(four).network, rtt: [{ between: ["esx-1", "far-away"] as [string, string], ms: 230 }] };
    expect(planned(site(four, { network })).plan.etcd.heartbeatMs).toBe(100);
  });
  test("the election timeout is ten times that", () => {
    expect(tuned({ rttMs: 142 }).plan.etcd.electionMs).toBe(1500);
  });
  test("an owner's own timers that do not fit the distance are refused", () => {
    const { mandatory } = tuned({ rtt: [{ between: ["esx-1", "esx-3"], ms: 230 }] }, { heartbeatMs: 100 });
    expect(mandatory.map((f) => f.path)).toEqual(["etcd.heartbeatMs", "etcd.electionMs"]);
  });
  test.each([
    [4, 2, 8, 20],
    [300, 4, 32, 40],
    [1200, 8, 64, 80],
  ])("%i nodes: a quota of %i GiB on members of %i GiB with %i GiB of disk", (count, quota, memoryGiB, diskGiB) => {
    const plan = nodes(count);
    const member = plan.machines.find((m) => m.role === "etcd");
    expect(plan.etcd.quotaBytes).toBe(quota * GiB);
    expect([member?.memoryGiB, member?.disks[1]?.sizeGiB]).toEqual([memoryGiB, diskGiB]);
  });
  test("the quota is never more than half the member's memory or a third of its disk", () => {
    expect(tuned({}, { memoryGiB: 2 }).plan.etcd.quotaBytes).toBe(GiB);
    expect(nodes(300, { etcd: { diskGiB: 9 } }).etcd.quotaBytes).toBe(3 * GiB);
  });
  test("history is compacted by the hour, and what that frees is given back at night, one member at a time", () => {
    const { plan } = planned(site(threeHosts));
    const member = plan.machines.find((m) => m.role === "etcd");
    const files = new Map(member && machineFiles(plan, member).map((f) => [f.path, f.content.join("")]));
    expect(parse(files.get("/etc/etcd/etcd.yaml") ?? "")).toMatchObject({
      "auto-compaction-mode": "periodic",
      "auto-compaction-retention": "1h",
    });
    expect(files.get("/etc/systemd/system/groundwork-etcd-defragment.timer")).toContain("OnCalendar=*-*-* 01:00");
    expect(files.get("/usr/local/sbin/groundwork-etcd-defragment")).toContain("lock groundwork/etcd-restart");
  });
});
