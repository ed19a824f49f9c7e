import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { runbookOf } from "../../cli/runbook/runbook";
import { parseSite, readSite } from "../../site/description/parse";
import { formatProblem } from "../../site/description/problem";
import { factsOfPlan } from "../../site/facts/plan";
import { singleFailures } from "../../site/judge/failures";
import { certificatesOf } from "../../site/pki/certificates";
import type { SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { machinesOf } from "../../site/plan/roles";
import { CHAPTERS } from "../../site/render/alerts/alert";
import { alertRules, alertsOf } from "../../site/render/alerts/rules";
import { imagesOf } from "../../site/render/images";
import { machineFiles } from "../../site/render/machine";
import { monitoringSize } from "../../site/render/monitoring/size";
import { site, threeHosts } from "../support/sites";
import { routes, watchedSite } from "../support/watched";

const backup = {
  recipients: ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"],
  targets: [{ kind: "s3" as const, endpoint: "https://s3.example", bucket: "shop" }],
};
const watched = watchedSite({ alerts: routes }, { backup });
const unwatched = planSite(parseSite(site(threeHosts)));

const filesOf = (plan: SitePlan, role: string) =>
  machinesOf(plan, role as "etcd")
    .slice(0, 1)
    .flatMap((machine) => [...machineFiles(plan, machine)]);
const textOf = (plan: SitePlan, role: string, path: string) =>
  filesOf(plan, role)
    .find((file) => file.path === path)
    ?.content.map((part) => (typeof part === "string" ? part : `<${part.secret}>`))
    .join("");

describe("a site that is watched (O1)", () => {
  it("is one that says so; the files, certificates and images of all others are as they were", () => {
    const of = (plan: SitePlan) =>
      JSON.stringify([
        plan.machines.map((machine) => machineFiles(plan, machine)),
        certificatesOf(plan),
        imagesOf(plan),
      ]);
    expect(of(unwatched)).not.toMatch(/monitoring|groundwork-metrics|8405|victoria/);
    expect(of(watched)).toMatch(/groundwork-metrics/);
  });

  it.each<[string, unknown, string]>([
    [
      "a route without TLS",
      { alerts: [{ kind: "webhook", url: "http://alerts.example" }] },
      'addons.monitoring.alerts[0].url: "http://alerts.example" is not valid; use an https address',
    ],
    [
      "a receiver that is a machine of the site",
      { alerts: [{ kind: "webhook", url: "https://shop-etcd-a/hook" }] },
      "addons.monitoring.alerts[0].url: shop-etcd-a is a machine of the site; use a receiver of alerts apart from it",
    ],
    [
      "a mail server that is in the pods' network",
      { alerts: [{ ...routes[1], server: "10.244.0.9" }] },
      "addons.monitoring.alerts[0].server: 10.244.0.9 is inside network.podCidr 10.244.0.0/16, which is for pods alone; use another podCidr, or another address",
    ],
    ["no days at all", { retentionDays: 0 }, "addons.monitoring.retentionDays: 0 is too small; use at least 1"],
  ])("refuses %s", (_, monitoring, said) => {
    const read = readSite({ ...site(threeHosts), addons: { monitoring } });
    expect("problems" in read ? read.problems.map(formatProblem) : []).toEqual([said]);
  });

  it("asks every machine and every part of the site, over TLS wherever that has it", () => {
    const text = textOf(watched, "control-plane", "/etc/kubernetes/monitoring/scrape.yaml") ?? "";
    const jobs = parse(text).scrape_configs as {
      job_name: string;
      scheme?: string;
      static_configs?: { targets: string[]; labels: { machine: string } }[];
    }[];
    const asked = Object.fromEntries(
      jobs.map(({ job_name, scheme = "http", static_configs = [] }) => [
        job_name,
        `${scheme} ${static_configs.map(({ labels }) => labels.machine.replace("shop-", "")).join(" ")}`,
      ]),
    );
    const nodes = "control-plane-a control-plane-b general-a general-b";
    expect(asked).toEqual({
      etcd: "https etcd-a etcd-b etcd-c",
      "kube-apiserver": "https control-plane-a control-plane-b",
      "kube-controller-manager": "https %{MACHINE}",
      "kube-scheduler": "https %{MACHINE}",
      "kube-scheduler-resources": "https %{MACHINE}",
      kubelet: `https ${nodes}`,
      machine:
        "http control-plane-a control-plane-b etcd-a etcd-b etcd-c general-a general-b load-balancer-a load-balancer-b",
      certificates:
        "http control-plane-a control-plane-b etcd-a etcd-b etcd-c general-a general-b load-balancer-a load-balancer-b",
      haproxy: "http load-balancer-a load-balancer-b",
      coredns: "http ",
      monitoring: "http %{MACHINE} %{MACHINE} %{MACHINE}",
    });
  });

  it("keeps the keys that it asks with on control planes, for root alone", () => {
    const keys = filesOf(watched, "control-plane").filter(({ path }) => /monitoring\/.*key$/.test(path));
    expect(keys.map(({ path, mode, owner }) => `${path} ${mode.toString(8)} ${owner}`)).toEqual([
      "/etc/kubernetes/monitoring/client.key 600 root:root",
      "/etc/kubernetes/monitoring/etcd-client.key 600 root:root",
    ]);
    for (const role of ["etcd", "load-balancer", "worker"])
      expect(filesOf(watched, role).filter(({ path }) => path.includes("/monitoring/"))).toEqual([]);
  });

  it("runs the images that `groundwork images` lists, Alertmanager's where alerts go somewhere", () => {
    const of = (plan: SitePlan) => {
      const pod = textOf(plan, "control-plane", "/etc/kubernetes/monitoring/pod.yaml") ?? "";
      const listed = imagesOf(plan).filter(
        ({ usedBy, source }) => usedBy === "add-on" && source.startsWith("docker.io"),
      );
      return [[...pod.matchAll(/ image: (\S+)/g)].map(([, image]) => image), listed.map(({ image }) => image)];
    };
    const [run, listed] = of(watched);
    expect(run).toHaveLength(3);
    expect(run).toEqual(listed);
    expect(of(watchedSite())).toEqual([run?.slice(0, 2), run?.slice(0, 2)]);
  });

  it("has each machine know until when it lives alone, where the plan has successors issued", () => {
    const ends = (plan: SitePlan) =>
      plan.machines.flatMap((machine) =>
        [...machineFiles(plan, machine)].flatMap(({ path, content }) =>
          path.endsWith("/successors/end")
            ? content.map((part) => (typeof part === "string" ? part : part.secret))
            : [],
        ),
      );
    const machines = watched.machines.filter(({ role }) => role !== "load-balancer");
    expect(ends(watched).sort()).toEqual(machines.map(({ name }) => `successor-end/${name}`).sort());
    expect(ends(watchedSite({}, { pki: { aloneMonths: 3 } }))).toEqual([]);
  });

  it("counts what metrics take, by machines and days", () => {
    expect(monitoringSize(watchedSite())).toEqual({ memoryMiB: 164, diskGiB: 4.8 });
    expect(monitoringSize(watchedSite({ retentionDays: 300 })).diskGiB).toBe(47.5);
    expect(monitoringSize(unwatched)).toEqual({ memoryMiB: 0, diskGiB: 0 });
  });

  it.each(["control-plane", "etcd", "load-balancer"])("has these files on a %s", async (role) => {
    const named = /monitoring\/|metrics|haproxy\.cfg|cluster-roles/;
    const shown = filesOf(watched, role)
      .filter(({ path }) => named.test(path) && !path.endsWith("/rules.yaml") && !path.startsWith("/usr/local"))
      .map(({ path, mode, content }) => {
        const text = content.map((part) => (typeof part === "string" ? part : `<${part.secret}>`)).join("");
        return `── ${path}  ${mode.toString(8)}\n${text}`;
      });
    await expect(shown.join("\n")).toMatchFileSnapshot(`__snapshots__/monitoring/${role}.txt`);
  });
});

describe("alerts that follow from a plan (O1)", () => {
  const all = alertsOf(watched).flatMap(({ rules }) => rules);
  const named = (name: string, plan = watched) =>
    alertsOf(plan).flatMap(({ rules }) => rules.filter(({ alert }) => alert === name));

  it("are these of a site of three hosts", async () => {
    await expect(alertRules(watched)).toMatchFileSnapshot("__snapshots__/monitoring/rules.txt");
  });

  it("name rows of the failure table and chapters of the runbook that are there", () => {
    const rows = new Set(singleFailures(factsOfPlan(watched)).map(({ kind, id }) => `${kind} ${id}`));
    const runbook = runbookOf(watched, {}, { stack: "shop", made: new Date(0) });
    const titles = new Set([
      ...[...runbook.kinds, runbook.quorum, ...runbook.others].map(({ title }) => title),
      CHAPTERS.health,
    ]);
    for (const { annotations } of all) {
      expect(titles).toContain(annotations.runbook);
      if (annotations.failure && !annotations.failure.includes("{{")) expect(rows).toContain(annotations.failure);
    }
    expect(all.filter(({ annotations }) => annotations.failure).length).toBeGreaterThan(8);
  });

  it("tell how many members may fail beside the one that did, by how many there are", () => {
    const [member] = named("EtcdMemberDown");
    expect(member?.labels.severity).toBe("critical");
    expect(member?.annotations.summary).toBe(
      "shop-etcd-a on esx-1, a member of etcd, does not answer. Until it is back, no other of the 3 may fail: 2 make the quorum.",
    );
    const [ofFive] = named("EtcdMemberDown", watchedSite({}, { etcd: { members: 5 } }));
    expect(ofFive?.labels.severity).toBe("warning");
    expect(ofFive?.annotations.summary).toContain("Until it is back, 1 of the other 4 may fail: 3 make the quorum.");
  });

  it("promise no more than the plan: no backups, no virtual address and no second host, no alerts of them", () => {
    expect(named("BackupOld")).toHaveLength(1);
    expect(named("BackupOld", watchedSite())).toEqual([]);
    expect(named("ApiAddressUnheld")).toHaveLength(1);
    const { network } = site(threeHosts);
    const { apiVip: _, ...without } = network;
    const external = watchedSite(
      {},
      { network: without, loadBalancer: { kind: "external", endpoint: "10.0.42.6" } as never },
    );
    expect(named("ApiAddressUnheld", external)).toEqual([]);
    expect(named("LoadBalancerDown", external)).toEqual([]);
  });
});
