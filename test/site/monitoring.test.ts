import { rootCertificates } from "node:tls";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { runbookOf } from "../../cli/runbook/runbook";
import { parseSite, readSite } from "../../site/description/parse";
import { formatProblem } from "../../site/description/problem";
import { factsOfPlan } from "../../site/facts/plan";
import { singleFailures } from "../../site/judge/failures";
import { checkRules } from "../../site/judge/rules";
import { monitoringHasMemory } from "../../site/judge/rules/monitoring";
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
const sending = watchedSite({
  alerts: routes,
  logs: { sendTo: { server: "logs.owner.example" } },
  remoteWrite: { url: "https://metrics.owner.example/api/v1/write", user: "shop", ca: rootCertificates[0] },
});
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
    [
      "a receiver of logs that is a machine of the site",
      { logs: { sendTo: { server: "shop-etcd-a" } } },
      "addons.monitoring.logs.sendTo.server: shop-etcd-a is a machine of the site; use a receiver of logs or metrics apart from it",
    ],
    [
      "a receiver of logs whose name nobody knows",
      { logs: { sendTo: { server: "192.0.2.7" } } },
      "addons.monitoring.logs.sendTo.name: the server is named by its address, 192.0.2.7, and it is known by a DNS name in its certificate; set it to that name",
    ],
    [
      "a receiver of metrics without TLS",
      { remoteWrite: { url: "http://metrics.example/api/v1/write" } },
      'addons.monitoring.remoteWrite.url: "http://metrics.example/api/v1/write" is not valid; use an https address',
    ],
    [
      "an address that vmagent would take for two, or for a variable",
      { remoteWrite: { url: "https://metrics.example/a,b%{HOME}" } },
      'addons.monitoring.remoteWrite.url: "https://metrics.example/a,b%{HOME}" is not valid; use an https address of letters, digits and . _ ~ : / ? & = + -',
    ],
    [
      "a user who would be a list, and a variable of Kubernetes",
      { remoteWrite: { url: "https://metrics.example/", user: "a,$(HOST)" } },
      'addons.monitoring.remoteWrite.user: "a,$(HOST)" is not valid; use a login name of letters, digits and . _ @ + = / -',
    ],
    [
      "a mistyped setting",
      { logs: { retentiondays: 3 } },
      "addons.monitoring.logs.retentiondays: no such setting; did you mean retentionDays?",
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
    const [all, listedToo] = of(sending);
    expect(all).toHaveLength(5);
    expect(all).toEqual(listedToo);
  });

  it("sends nothing on unless it is told to, and keeps its password for root alone", () => {
    const paths = (plan: SitePlan, role: string) =>
      filesOf(plan, role).flatMap(({ path, mode }) =>
        /log-sender|remote-write/.test(path) ? [`${path} ${mode.toString(8)}`] : [],
      );
    for (const role of ["control-plane", "etcd", "load-balancer", "worker"]) expect(paths(watched, role)).toEqual([]);
    const sender = [
      "/etc/groundwork/log-sender/ca.crt 644",
      "/etc/groundwork/log-sender/machine.crt 644",
      "/etc/groundwork/log-sender/machine.key 600",
      "/etc/groundwork/log-sender/rsyslog.conf 644",
    ];
    const service = "/etc/systemd/system/groundwork-log-sender.service 644";
    for (const role of ["etcd", "load-balancer", "worker"]) expect(paths(sending, role)).toEqual([...sender, service]);
    const remoteWrite = ["ca.crt 644", "labels.yaml 644", "password 600"];
    expect(paths(sending, "control-plane").sort()).toEqual([
      ...sender,
      ...remoteWrite.map((name) => `/etc/kubernetes/monitoring/remote-write-${name}`),
      service,
    ]);
    expect(textOf(sending, "control-plane", "/etc/kubernetes/monitoring/remote-write-password")).toBe(
      "<monitoring/remote-write-password>",
    );
  });

  it("has a certificate of each machine's own for its logs, which may do nothing else", () => {
    const of = (plan: SitePlan) => certificatesOf(plan).filter(({ id }) => id.startsWith("logs-"));
    expect(of(watched)).toEqual([]);
    expect(of(sending).map(({ id, machines }) => [id, machines])).toEqual(
      sending.machines.map(({ name }) => [`logs-${name}`, [name]]),
    );
    expect(new Set(of(sending).map(({ commonName, organization }) => `${commonName} ${organization}`))).toEqual(
      new Set(["groundwork:logs undefined"]),
    );
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
    const nothing = { metrics: 0, sent: 0, rules: 0, alerts: 0, logs: 0 };
    const least = { ...nothing, metrics: 164, rules: 32 };
    expect(monitoringSize(watchedSite())).toEqual({ memoryMiB: least, requestedMiB: 196, diskGiB: 4.8, logsGiB: 0 });
    expect(monitoringSize(watchedSite({ retentionDays: 300 })).diskGiB).toBe(47.5);
    expect(monitoringSize(unwatched)).toEqual({ memoryMiB: nothing, requestedMiB: 0, diskGiB: 0, logsGiB: 0 });
    expect(monitoringSize(sending)).toMatchObject({
      memoryMiB: { metrics: 164, sent: 64, rules: 32, alerts: 32, logs: 132 },
      requestedMiB: 424,
      logsGiB: 2.7,
    });
    expect(monitoringSize(watchedSite({ logs: { maximumGiB: 7 } })).logsGiB).toBe(7);
    expect(monitoringSize(watchedSite({ logs: { retentionDays: 1 } })).logsGiB).toBe(1);
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

  it("has this pod and this rsyslog where logs are kept and all is sent on", async () => {
    const of = (role: string, path: string) => `── ${role} ${path}\n${textOf(sending, role, path)}`;
    const shown = [
      of("control-plane", "/etc/kubernetes/monitoring/pod.yaml"),
      of("control-plane", "/etc/groundwork/log-sender/rsyslog.conf"),
      of("etcd", "/etc/groundwork/log-sender/rsyslog.conf"),
      of("etcd", "/etc/systemd/system/groundwork-log-sender.service"),
    ];
    await expect(shown.join("\n")).toMatchFileSnapshot("__snapshots__/monitoring/sending.txt");
  });
});

describe("what watches a site in the memory of its control planes (O1, C1)", () => {
  const found = (memoryGiB: number) => {
    const { addons, ...more } = sending.spec;
    const plan = planSite({ ...sending.spec, controlPlanes: { ...more.controlPlanes, memoryGiB } });
    return checkRules(factsOfPlan(plan), [monitoringHasMemory]).map(
      ({ severity, message }) => `${severity}: ${message}`,
    );
  };

  it.each<[number, string[]]>([
    [8, []],
    [
      2,
      ["a", "b"].map(
        (letter) =>
          `advisory: what watches the site asks for 424 MiB on shop-control-plane-${letter}, whose own programs need about 1056, and of its 2 GiB 1436 MiB are for pods`,
      ),
    ],
    [
      0.6,
      ["a", "b"].map(
        (letter) =>
          `mandatory: what watches the site asks for 424 MiB on shop-control-plane-${letter}, whose own programs need about 1056, and of its 0.6 GiB 360 MiB are for pods`,
      ),
    ],
  ])("of %d GiB: %j", (memoryGiB, said) => {
    expect(found(memoryGiB)).toEqual(said);
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
