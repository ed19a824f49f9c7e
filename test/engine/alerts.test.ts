import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { alertmanager } from "../../image/programs/alertmanager";
import { victoriaMetrics, vmagent } from "../../image/programs/upstream";
import { ensure } from "../../lab/toolchain/artifact";
import { alertRules } from "../../site/render/alerts/rules";
import { alertmanagerConfiguration } from "../../site/render/monitoring/alertmanager";
import { scrapeConfiguration } from "../../site/render/monitoring/jobs";
import { routes, watchedSite } from "../support/watched";

// What is rendered, read by the programs that will: VictoriaMetrics, vmalert and Alertmanager. And alerts on series as a site has them.

const plan = watchedSite(
  {
    alerts: routes,
    logs: { sendTo: { server: "logs.owner.example" } },
    remoteWrite: { url: "https://metrics.owner.example/api/v1/write" },
  },
  {
    backup: {
      recipients: ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"],
      targets: [{ kind: "s3", endpoint: "https://s3.example", bucket: "shop" }],
    },
  },
);
const folder = mkdtempSync(join(tmpdir(), "groundwork-alerts-"));
const rules = join(folder, "rules.yaml");
let programs: string;
beforeAll(async () => {
  programs = await ensure(victoriaMetrics);
  writeFileSync(rules, alertRules(plan));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program to its end; what it says if it fails. */
async function said(program: string, args: string[]): Promise<string> {
  const env = { ...process.env, MACHINE: "shop-control-plane-a", HOST: "esx-1", ADDRESS: "10.0.42.19" };
  return promisify(execFile)(program, args, { env }).then(
    () => "",
    (error: { stdout: string; stderr: string }) => `${error.stdout}${error.stderr}`,
  );
}

test("VictoriaMetrics, vmagent, vmalert and Alertmanager take what is rendered for them (O1)", async () => {
  const [scrape, routing] = [join(folder, "scrape.yaml"), join(folder, "alertmanager.yaml")];
  writeFileSync(scrape, scrapeConfiguration(plan));
  const { monitoring } = plan.spec.addons;
  if (monitoring === undefined) throw new Error("the site is not watched");
  writeFileSync(routing, alertmanagerConfiguration(plan, monitoring));
  const strict = "-promscrape.config.strictParse=true";
  expect(await said(join(programs, "victoria-metrics"), ["-dryRun", `-promscrape.config=${scrape}`, strict])).toBe("");
  const sending = ["-remoteWrite.url=https://metrics.owner.example/api/v1/write", "-dryRun"];
  expect(await said(join(await ensure(vmagent), "vmagent"), [...sending, `-promscrape.config=${scrape}`, strict])).toBe(
    "",
  );
  expect(await said(join(programs, "vmalert"), ["-dryRun", `-rule=${rules}`])).toBe("");
  expect(await said(join(await ensure(alertmanager), "amtool"), ["check-config", routing])).toBe("");
});

/** A series as vmalert-tool writes them, and how it goes on each minute. */
type Series = Record<string, string>;

const members = ["a", "b", "c"].map((letter, i) => ({ machine: `shop-etcd-${letter}`, host: `esx-${i + 1}` }));
const balancers = ["a", "b"].map((letter) => ({ machine: `shop-load-balancer-${letter}`, role: "load-balancer" }));
const planes = ["a", "b"].map((letter) => ({ machine: `shop-control-plane-${letter}` }));
const labelled = (name: string, labels: Record<string, string>) =>
  `${name}{${Object.entries(labels)
    .map(([key, value]) => `${key}="${value}"`)
    .join(",")}}`;

/** When the series of vmalert-tool begin, in seconds. */
const START = Date.UTC(2000, 0, 1) / 1000;

/** A site that is well, for an hour. */
const well: Series = Object.fromEntries([
  ...members.flatMap((labels) => [
    [labelled("up", { job: "etcd", store: "etcd", ...labels }), "1x60"],
    [labelled("up", { job: "machine", ...labels }), "1x60"],
    [labelled("etcd_server_has_leader", { store: "etcd", ...labels }), "1x60"],
    [labelled("etcd_disk_wal_fsync_duration_seconds_bucket", { le: "0.008", ...labels }), "0+100x60"],
    [labelled("etcd_disk_wal_fsync_duration_seconds_bucket", { le: "+Inf", ...labels }), "0+100x60"],
    [labelled("groundwork_backup_last_success_timestamp_seconds", labels), `${START}x60`],
    [labelled("groundwork_backup_attempt_ok", labels), "1x60"],
  ]),
  ...balancers.map((labels, i) => [
    labelled("groundwork_api_address_held", { address: "10.0.42.5", ...labels }),
    `${i === 0 ? 1 : 0}x60`,
  ]),
  ...balancers.map((labels) => [labelled("up", { job: "machine", ...labels }), "1x60"]),
  ...planes.map((labels) => [labelled("up", { job: "kube-apiserver", ...labels }), "1x60"]),
  [labelled("up", { job: "coredns", machine: "shop-general-a" }), "1x60"],
]);

/** What every alert of the site says of these series a half hour later: the names of those that must fire, and no other. */
async function fires(series: Series, names: string[]): Promise<string> {
  const all = [...alertRules(plan).matchAll(/- alert: (\S+)/g)].map(([, name = ""]) => name);
  const file = join(folder, "unittest.yaml");
  const silent = [...new Set(all)].filter((name) => !names.includes(name));
  const found = [...new Set(names)].map((name) => ({
    // Labels are told by the rules; here it is whether there is any.
    expr: `min(count(ALERTS{alertname="${name}",alertstate="firing"}) > bool 0)`,
    eval_time: "30m",
    exp_samples: [{ labels: "{}", value: 1 }],
  }));
  const none = silent.map((name) => ({
    expr: `ALERTS{alertname="${name}",alertstate="firing"}`,
    eval_time: "30m",
    exp_samples: [],
  }));
  const input_series = Object.entries({ ...well, ...series }).map(([name, values]) => ({ series: name, values }));
  writeFileSync(
    file,
    stringify({
      rule_files: [rules],
      evaluation_interval: "30s",
      tests: [{ interval: "1m", input_series, metricsql_expr_test: [...found, ...none] }],
    }),
  );
  return said(join(programs, "vmalert-tool"), ["unittest", `-files=${file}`, "-disableAlertgroupLabel"]);
}

const member = { machine: "shop-etcd-b", host: "esx-2" };
const bucket = (le: string) => labelled("etcd_disk_wal_fsync_duration_seconds_bucket", { le, ...member });
const held = (i: number) => labelled("groundwork_api_address_held", { address: "10.0.42.5", ...balancers[i] });
const backupAt = members.map((labels) => labelled("groundwork_backup_last_success_timestamp_seconds", labels));
const aloneUntil = (days: number, hours: number) => START + days * 86_400 + hours * 3600;
const waiting = (to: string) => labelled("groundwork_logs_waiting", { to, ...member });
const sent = (what: string, more: Record<string, string> = {}) =>
  labelled(`vmagent_remotewrite_${what}`, { url: "2:secret-url", machine: "shop-control-plane-a", ...more });
const taken = sent("requests_total", { status_code: "2XX" });
const requested = (resource: string) =>
  labelled("kube_pod_resource_request", { machine: "shop-control-plane-a", node: "shop-general-a", resource });

describe("alerts of a site, asked of series (O1, O6, L11, L12, D1)", () => {
  test.each<[string, Series, string[]]>([
    ["a site that is well", {}, []],
    [
      "a member that does not answer",
      {
        [labelled("up", { job: "etcd", store: "etcd", ...member })]: "1x9 0x50",
        [labelled("etcd_server_has_leader", { store: "etcd", ...member })]: "1x9 stale",
      },
      ["EtcdMemberDown"],
    ],
    [
      "two members without a leader",
      Object.fromEntries(
        members.slice(1).map((labels) => [labelled("etcd_server_has_leader", { store: "etcd", ...labels }), "0x60"]),
      ),
      ["EtcdQuorumLost"],
    ],
    ["a member's disk of 16 ms", { [bucket("0.008")]: "0x60", [bucket("0.016")]: "0+100x60" }, ["EtcdDiskSlow"]],
    [
      "a disk of 8 ms that took 1 ms before etcd first started",
      { [labelled("groundwork_disk_qualified_fsync_seconds", { role: "etcd", ...member })]: "0.001x60" },
      ["EtcdDiskSlowed"],
    ],
    [
      "one that took 4 ms",
      { [labelled("groundwork_disk_qualified_fsync_seconds", { role: "etcd", ...member })]: "0.004x60" },
      [],
    ],
    ["an address that nobody holds", { [held(0)]: "0x60" }, ["ApiAddressUnheld"]],
    ["an address that two hold", { [held(1)]: "1x60" }, ["ApiAddressHeldTwice"]],
    [
      "pods that request 14 GiB of two workers' memory",
      { [requested("memory")]: `${14 * 2 ** 30}x60` },
      ["HostLossNotCarried"],
    ],
    ["pods that request 12 GiB", { [requested("memory")]: `${12 * 2 ** 30}x60` }, []],
    [
      "backups that all are of two days ago",
      Object.fromEntries(backupAt.map((name) => [name, `${START - 2 * 86_400}x60`])),
      ["BackupOld"],
    ],
    [
      "a disk that has 5 % left",
      {
        [labelled("node_filesystem_size_bytes", { mountpoint: "/", ...member })]: "100x60",
        [labelled("node_filesystem_avail_bytes", { mountpoint: "/", ...member })]: "5x60",
      },
      ["DiskFillsUp"],
    ],
    [
      "a certificate that ends in a day",
      {
        [labelled("groundwork_certificate_end_timestamp_seconds", {
          path: "/a.crt",
          ...member,
        })]: `${START + 86_400}x60`,
      },
      ["CertificateEnds"],
    ],
    [
      "a certificate that ends in a month",
      {
        [labelled("groundwork_certificate_end_timestamp_seconds", {
          path: "/a.crt",
          ...member,
        })]: `${START + 30 * 86_400}x60`,
      },
      [],
    ],
    [
      "certificates whose last successors end in 90 days and an hour",
      { [labelled("groundwork_alone_until_timestamp_seconds", member)]: `${aloneUntil(90, 1)}x60` },
      [],
    ],
    [
      "a member whose last successor ends before the others', in an hour less than 90 days",
      {
        ...Object.fromEntries(
          members.map((labels) => [
            labelled("groundwork_alone_until_timestamp_seconds", labels),
            `${aloneUntil(91, 0)}x60`,
          ]),
        ),
        [labelled("groundwork_alone_until_timestamp_seconds", member)]: `${aloneUntil(90, -1)}x60`,
      },
      ["AloneEnds"],
    ],
    ["logs that a control plane does not take", { [waiting("shop-control-plane-b")]: "0x9 5x50" }, ["LogsNotKept"]],
    [
      "a control plane whose own store does not take them",
      { [labelled("groundwork_logs_waiting", { to: "store", machine: "shop-control-plane-a" })]: "7x60" },
      ["LogsNotKept"],
    ],
    ["logs that waited for some minutes", { [waiting("elsewhere")]: "0x20 9x6 0x33" }, []],
    ["logs that nobody elsewhere takes", { [waiting("elsewhere")]: "5+5x60" }, ["LogsNotSentOn"]],
    [
      "logs that are lost",
      { [labelled("groundwork_logs_lost_total", { to: "elsewhere", ...member })]: "0x20 0+10x40" },
      ["LogsNotSentOn"],
    ],
    ["metrics that are taken elsewhere", { [taken]: "0+5x60", [sent("packets_dropped_total")]: "0x60" }, []],
    ["metrics that nobody elsewhere takes", { [taken]: "0+5x9 50x50" }, ["MetricsNotSentOn"]],
    [
      "metrics of which some are refused for ever",
      { [taken]: "0+5x60", [sent("packets_dropped_total")]: "0+1x60" },
      ["MetricsNotSentOn"],
    ],
    ["a clock that is a minute off", { [labelled("node_time_seconds", member)]: `${START + 60}+60x60` }, ["ClockOff"]],
    ["a clock that is right", { [labelled("node_time_seconds", member)]: `${START}+60x60` }, []],
  ])("%s", async (_, series, names) => {
    expect(await fires(series, names)).toBe("");
  });
});
