import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { parse } from "yaml";
import { filesOf } from "../../docs/generate/requirements";
import { parseSite } from "../../site/description/parse";
import { factsOfPlan } from "../../site/facts/plan";
import { assess } from "../../site/judge/assessment";
import type { MachinePlan, SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { apiServerFlags } from "../../site/render/apiServer";
import { diskGrowthOf, growthOf } from "../../site/render/diskGrowth";
import { applyScript, machineFiles } from "../../site/render/machine";
import { snapshotScript, snapshotsKept } from "../../site/render/snapshot";
import { reckonsWith } from "../support/reckoned";
import { largeSite, site, threeHosts } from "../support/sites";
import { watchedSite } from "../support/watched";

// What fills a disk of a machine, as the product reckons with it, and what is really rendered; and that no program writes a log that nobody reckons with.

const root = join(__dirname, "../..");
const backup = {
  recipients: ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"],
  targets: [{ kind: "s3" as const, endpoint: "https://s3.example", bucket: "shop" }],
};
const plan = watchedSite({}, { backup });
const of = (role: string, from: SitePlan = plan) => from.machines.find((m) => m.role === role) as MachinePlan;
const textOf = (role: string, path: string, from: SitePlan = plan) =>
  machineFiles(from, of(role, from))
    .find((file) => file.path === path)
    ?.content.join("") ?? "";
const most = (role: string, place: string, from: SitePlan = plan) =>
  growthOf(from, of(role, from)).find((row) => row.place.startsWith(place))?.mostMiB;

describe("the most that may lie on a disk (S2) follows from what is rendered:", () => {
  it("the journal's bound, which the image begins with", () => {
    const path = "/etc/systemd/journald.conf.d/50-groundwork.conf";
    for (const role of ["etcd", "load-balancer", "control-plane", "worker"]) {
      const text = textOf(role, path);
      expect(text).toBe(readFileSync(join(root, "image/rootfs", path), "utf8"));
      expect(`${most(role, "/var/log/journal")}M`).toBe(/SystemMaxUse=(\S+)/.exec(text)?.[1]);
    }
  });

  it("each log that is kept small, twice", () => {
    for (const machine of plan.machines) {
      const lines = textOf(machine.role, "/etc/groundwork/logs").trim().split("\n");
      expect(lines.length).toBeGreaterThan(4);
      for (const [bytes, path] of lines.map((line) => line.split(" ")))
        expect(most(machine.role, `${path},`), path).toBe((2 * Number(bytes)) / 2 ** 20);
    }
  });

  it("the audit log", () => {
    const flags = Object.fromEntries(apiServerFlags(plan).map(({ name, value }) => [name, value]));
    const files = Number(flags["audit-log-maxbackup"]) + 2;
    expect(most("control-plane", "/var/log/kubernetes/audit")).toBe(files * Number(flags["audit-log-maxsize"]));
    expect(flags["audit-log-path"]).toMatch(/^\/var\/log\/kubernetes\/audit\/[a-z]+\.log$/);
  });

  it("logs of containers, as the kubelet of that machine has it", () => {
    const kubelet = { containerLogMaxSize: "50M", containerLogMaxFiles: 3, imageGCHighThresholdPercent: 80 };
    const pools = [{ name: "general", count: 2, cpus: 4, memoryGiB: 16, kubelet }];
    const other = planSite(parseSite(site(threeHosts, { workers: pools })));
    const [rendered, usual] = [other, plan].map((one) => parse(textOf("worker", "/var/lib/kubelet/config.yaml", one)));
    expect(rendered).toMatchObject(kubelet);
    expect(most("worker", "/var/log/pods", other)).toBe(Math.ceil((16 * 3 * 50e6) / 2 ** 20));
    expect(diskGrowthOf(other, of("worker", other))[0]?.share).toBe(0.8);
    expect([usual.containerLogMaxFiles, usual.containerLogMaxSize]).toEqual([5, "10Mi"]);
    expect(most("worker", "/var/log/pods")).toBe(16 * 5 * 10);
    expect(diskGrowthOf(plan, of("worker"))[0]?.share).toBe(usual.imageGCHighThresholdPercent / 100);
  });

  it("etcd's data, by its own quota, and the disk that it lies on", () => {
    const quota = Number(parse(textOf("etcd", "/etc/etcd/etcd.yaml"))["quota-backend-bytes"]) / 2 ** 20;
    expect(most("etcd", "/var/lib/etcd/data/member/snap")).toBe(2 * quota);
    expect(diskGrowthOf(plan, of("etcd")).map(({ disk }) => disk)).toEqual(["system", "data"]);
    expect(parse(textOf("etcd", "/etc/etcd/etcd.yaml"))).not.toHaveProperty("max-wals");
  });

  it("what a backup asks for before it begins", () => {
    const [, times, shift] =
      /room \$\(\((\d) \* .*snap\/db\) \+ \((\d+) << 20\)/.exec(textOf("etcd", "/usr/local/sbin/groundwork-backup")) ??
      [];
    expect(most("etcd", "/var/lib/groundwork/backup")).toBe(
      Number(times) * (plan.etcd.quotaBytes / 2 ** 20) + Number(shift),
    );
    expect(most("etcd", "/var/lib/groundwork/backup", watchedSite())).toBeUndefined();
  });

  it.each([
    [1, 3],
    [2, 3],
    [4, 3],
    [6, 2],
    [8, 1],
  ])("snapshots of a store of %d GiB: %d are kept, and one is saved", (gib, kept) => {
    const other = planSite(parseSite(site(threeHosts, { etcd: { quotaGiB: gib, memoryGiB: 16 } })));
    expect(snapshotsKept(other.etcd.quotaBytes)).toBe(kept);
    expect(snapshotScript(other, other.machines)).toMatch(new RegExp(`KEPT=${kept}\n[\\s\\S]*head -n "-\\$KEPT"`));
    expect(most("control-plane", "/var/lib/groundwork/snapshots", other)).toBe((kept + 1) * gib * 1024);
  });
});

describe("disk-growth", () => {
  const told = (from: SitePlan) =>
    assess(from)
      .findings.filter(({ rule }) => rule === "disk-growth")
      .map(({ severity, path, message, fix }) => `${severity} ${path}: ${message}; ${fix}`);

  it("says nothing of the usual sizes, with backups and metrics of a month", () => {
    expect(told(plan)).toEqual([]);
    expect(told(planSite(parseSite(largeSite(40, 300))))).toEqual([]);
  });

  it("tells the smallest disk of each kind that does not hold its sum, and how large it has to be", () => {
    const sizes = { controlPlanes: { diskGiB: 12 }, etcd: { quotaGiB: 4, systemDiskGiB: 10 } };
    const small = planSite(parseSite(site(threeHosts, { ...sizes, backup })));
    expect(told(small)).toEqual([
      expect.stringMatching(
        /^advisory machines\.shop-control-plane-a\.disks\.system: up to 2\d(\.\d)? GiB may lie on the system disk of shop-control-plane-a in time, 16 of that in \/var\/lib\/groundwork\/snapshots, and 10\.2 of its 12 are for it; make it \d\d GiB or larger, or make less of what grows \(docs\/disks\.md\)$/,
      ),
      expect.stringMatching(
        /^advisory machines\.shop-etcd-a\.disks\.system: up to 14\.\d GiB .*, 12\.1 of that in \/var\/lib\/groundwork\/backup, and 9\.5 of its 10 are for it; make it 15 GiB or larger/,
      ),
    ]);
    const mended = { controlPlanes: { diskGiB: 24 }, etcd: { quotaGiB: 4, systemDiskGiB: 15 } };
    expect(told(planSite(parseSite(site(threeHosts, { ...mended, backup }))))).toEqual([]);
  });

  it("says nothing of servers that exist, whose disks nobody has described", () => {
    const text = readFileSync(join(root, "docs/examples/25-existing-servers.yaml"), "utf8");
    expect(factsOfPlan(planSite(parseSite(parse(text)))).growth).toBeUndefined();
  });
});

/** Every program and unit that is run on a machine, with where it comes from. */
const programs: [string, string][] = [
  ...["site/render/shell", "cli/inventory"].flatMap((folder) => filesOf(folder, ".sh")),
  ...filesOf("image/rootfs", "").filter((file) => /\.(service|conf|cfg)$|\/local\/lib\/guest\//.test(file)),
  ...["components", "cli", "infra", "site"].flatMap((folder) => filesOf(folder, ".ts")),
].map((file): [string, string] => [file, readFileSync(join(root, file), "utf8")]);
for (const machine of plan.machines) {
  programs.push([`apply of ${machine.name}`, applyScript(plan, machine)]);
  for (const { path, content } of machineFiles(plan, machine))
    programs.push([`${machine.name} ${path}`, content.filter((part) => typeof part === "string").join("")]);
}
const isReckonedWith = (path: string) => plan.machines.some((machine) => reckonsWith(plan, machine, path));

/** What a program continues: the target of each `>>`, and of what else adds to a file. */
function continued(text: string): string[] {
  const assigned = (name: string) => new RegExp(`^${name}=(\\S+)$`, "m").exec(text)?.[1] ?? `$${name}`;
  const log = readFileSync(join(root, "site/render/shell/common.sh"), "utf8");
  const named = (target: string) =>
    target === "$LOG"
      ? (/^LOG=(\S+)$/m.exec(log)?.[1] ?? "")
      : target.replace(/^\$\{?(\w+)\}?$/, (_, name) => assigned(name));
  const redirected = [...text.matchAll(/(?<!['"<>(\w])\d?>> *"?([$/][\w/${}.-]*)/g)].map(([, to = ""]) => to);
  const appended = [...text.matchAll(/(?:tee (?:-a|--append)|append:|logger --?file) *"?([$/][\w/${}.-]*)/g)].map(
    ([, to = ""]) => to,
  );
  return [...redirected, ...appended].map(named);
}

/** Files below /var/log that a program names, but for what it only tells a person to read. */
function logsNamed(text: string): string[] {
  const told = /see [^\n]*?\/var\/log\/pods|grep -h [^\n]*|for path in [^\n]*|df [^\n]*|type="imfile" [^\n]*/g;
  return [...text.replaceAll(told, "").matchAll(/(?<![\w/])\/var\/log\/[\w./*-]*[\w*]/g)].map(([path]) => path);
}

describe("no program of a machine fills a disk unseen:", () => {
  test("the search finds what there is", () => {
    expect(
      continued('x >>"$LOG" 2>&1\ny 2>>/var/log/y.log\nStandardOutput=append:/var/log/z.log\ntee -a /srv/w'),
    ).toEqual(["/var/log/groundwork.log", "/var/log/y.log", "/var/log/z.log", "/srv/w"]);
    expect(continued("Promise<Record<string, () => void>>; $((free >> 20))")).toEqual([]);
    expect(logsNamed("log=/var/log/x/y.log; see `a` and /var/log/pods on it")).toEqual(["/var/log/x/y.log"]);
    expect(isReckonedWith("/var/log/x/y.log")).toBe(false);
    expect(programs.flatMap(([, text]) => continued(text)).length).toBeGreaterThan(8);
  });

  test("each log that one writes is in the table", () => {
    const unseen = programs.flatMap(([from, text]) =>
      logsNamed(text)
        .filter((path) => !isReckonedWith(path))
        .map((path) => `${from}: ${path}`),
    );
    expect(unseen).toEqual([]);
  });

  test("each file that one continues is in the table", () => {
    const unseen = programs.flatMap(([from, text]) =>
      continued(text)
        .filter((path) => !isReckonedWith(path))
        .map((path) => `${from}: ${path}`),
    );
    expect(unseen).toEqual([]);
  });
});
