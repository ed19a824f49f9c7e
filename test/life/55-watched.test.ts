import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseDocument } from "yaml";
import type { Status } from "../../cli/status/model";
import { monitoringImages } from "../../image/containers/monitoring-images";
import { ensure, repository } from "../../lab/toolchain/artifact";
import type { SiteInput } from "../../site/description/spec";
import { siteDashboard } from "../../site/render/monitoring/dashboard";
import { AlertReceiver } from "../support/lab/receiver";
import { demo, type Ended, labIsKept, RunningSite, until } from "../support/lab/site";

// O1, O2: a site that is watched, from `up` to an alert at somebody's receiver. The images are brought to control planes as a mirror's would be.

type Monitoring = NonNullable<NonNullable<SiteInput["addons"]>["monitoring"]>;

const folder = mkdtempSync(join(tmpdir(), "groundwork-watched-"));
let site: RunningSite;
let receiver: AlertReceiver;
beforeAll(async () => {
  site = await RunningSite.open();
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
  receiver = await AlertReceiver.start(site.plan.spec.network.gateway);
  const archive = readFileSync(join(await ensure(monitoringImages()), "layout.tar"));
  for (const { name } of site.machines("control-plane")) {
    const load = ["exec", "-i", site.container(name), "ctr", "--namespace", "k8s.io", "images", "import", "-"];
    await site.run("docker", load, { input: archive, seconds: 300 });
  }
});
afterAll(async () => {
  if (labIsKept) await demo();
  await receiver?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function brought(monitoring?: Monitoring): Promise<Ended> {
  const document = parseDocument(readFileSync(join(repository, "stacks/Pulumi.demo.yaml"), "utf8"));
  if (monitoring) document.setIn(["config", "groundwork:site", "addons", "monitoring"], monitoring);
  const stack = join(folder, "Pulumi.watched.yaml");
  writeFileSync(stack, document.toString({ lineWidth: 0 }));
  return demo("--stack", stack);
}

/** What a control plane has found, asked on the machine itself: nobody else may. */
async function asked<T>(machine: string, port: number, path: string): Promise<T> {
  return JSON.parse(
    await site.ssh(machine, `curl --silent --fail --max-time 20 'http://127.0.0.1:${port}${path}'`),
  ) as T;
}

type Found = { data: { result: { metric: Record<string, string>; value: [number, string] }[] } };
async function query(machine: string, expression: string): Promise<Found["data"]["result"]> {
  const path = `/api/v1/query?query=${encodeURIComponent(expression)}`;
  return (await asked<Found>(machine, 8428, path)).data.result;
}

/** The alerts that fire on a control plane, by name and what they are of. */
async function firing(machine: string): Promise<string[]> {
  const { data } = await asked<{
    data: { alerts: { state: string; labels: Record<string, string>; value: string }[] };
  }>(machine, 8880, "/api/v1/alerts");
  return data.alerts
    .filter(({ state }) => state === "firing")
    .map(({ labels, value }) => `${labels.alertname} ${labels.machine ?? labels.host ?? ""} (${value})`);
}

const planes = () => site.machines("control-plane").map(({ name }) => name);

test("every part of the site is asked by each control plane, and a second `up` changes nothing (O1)", async () => {
  const monitoring: Monitoring = { alerts: [{ kind: "webhook", url: receiver.url, ca: receiver.ca }] };
  const first = await brought(monitoring);
  expect(first.code, first.text).toBe(0);
  site = await RunningSite.open();
  for (const plane of planes())
    await until(`${plane} has asked everybody`, 180, async () => {
      const up = await query(plane, "up");
      const silent = up.filter(({ value }) => value[1] !== "1").map(({ metric }) => JSON.stringify(metric));
      if (silent.length > 0) throw new Error(silent.join("\n"));
      const jobs = new Map<string, number>();
      for (const { metric } of up) jobs.set(metric.job ?? "", (jobs.get(metric.job ?? "") ?? 0) + 1);
      expect(Object.fromEntries(jobs)).toEqual({
        certificates: 9,
        coredns: 2,
        etcd: 3,
        haproxy: 2,
        "kube-apiserver": 2,
        "kube-controller-manager": 1,
        "kube-scheduler": 1,
        "kube-scheduler-resources": 1,
        kubelet: 4,
        machine: 9,
        monitoring: 3,
      });
      return true;
    });
  const held = await query(planes()[0] ?? "", "sum(groundwork_api_address_held)");
  expect(held.map(({ value }) => value[1])).toEqual(["1"]);
  const second = await brought(monitoring);
  expect(second.code, second.text).toBe(0);
  expect(second.text).toContain("Nothing changed");
});

test("each graph of the site's page has something to show (O1)", async () => {
  const [plane = ""] = planes();
  const panels = siteDashboard(site.plan).rows.flatMap((row) => row.panels);
  const [page] = (
    await asked<{ dashboardsSettings: { title: string; rows: { panels: unknown[] }[] }[] }>(
      plane,
      8428,
      "/vmui/custom-dashboards",
    )
  ).dashboardsSettings;
  expect(page?.title).toBe(site.plan.site);
  expect(page?.rows[0]?.panels).toHaveLength(panels.length);
  // What pods request is told by the scheduler that leads, which one control plane asks.
  const lines = async (expr: string) => (await Promise.all(planes().map((name) => query(name, expr)))).flat();
  await until("there is a line in each", 420, async () => {
    const empty: string[] = [];
    for (const { title, expr } of panels)
      for (const one of expr) if ((await lines(one)).length === 0) empty.push(`${title}: ${one}`);
    if (empty.length > 0) throw new Error(empty.join("\n"));
    return true;
  });
});

test("nobody but control planes is told, and no port of what watches is open to others", async () => {
  const [worker, member, balancer] = (["worker", "etcd", "load-balancer"] as const).map(
    (role) => site.machines(role)[0],
  );
  const from = worker?.name ?? "";
  const status = async (url: string) =>
    (await site.attemptSsh(from, `curl --silent --output /dev/null --max-time 5 --write-out '%{http_code}' '${url}'`))
      .stdout;
  expect(await status(`http://${member?.address}:9101/metrics`)).toBe("403");
  expect(await status(`http://${balancer?.address}:8405/metrics`)).toBe("403");
  for (const { address } of site.machines("control-plane"))
    for (const port of [8428, 8880, 9093]) expect(await status(`http://${address}:${port}/`), `${port}`).toBe("000");
});

test("a site at rest has no alert; a member of etcd that ends reaches the receiver once, and no other alert with it (O1)", async () => {
  const [first = ""] = planes();
  // A slow disk of the computer under the lab is told rightly; everything else would be wrong.
  const others = async () => (await firing(first)).filter((alert) => !alert.startsWith("EtcdDiskSlow"));
  expect(await others()).toEqual([]);
  receiver.received.length = 0;
  const { name = "", host = "" } = site.machines("etcd").at(-1) ?? {};
  await site.ssh(name, "systemctl stop etcd");
  try {
    await until("the receiver is told", 300, async () =>
      receiver.received.some(({ labels, status }) => labels.alertname === "EtcdMemberDown" && status === "firing")
        ? true
        : undefined,
    );
    const told = receiver.received.filter(({ labels }) => labels.alertname === "EtcdMemberDown");
    expect(told.map(({ labels }) => [labels.machine, labels.host, labels.severity])).toEqual([
      [name, host, "critical"],
    ]);
    expect(told[0]?.annotations).toMatchObject({
      summary: expect.stringContaining("no other of the 3 may fail: 2 make the quorum"),
      failure: `machine ${name}`,
      runbook: "A machine does not work",
    });
    expect((await others()).map((alert) => alert.replace(/ \(.*/, ""))).toEqual([`EtcdMemberDown ${name}`]);
    const args = ["--stack", site.lab, "--config-file", site.stack.configFile ?? "", "--json"];
    const status = await site.attempt("node", ["cli/groundwork.cjs", "status", ...args]);
    const { needs } = JSON.parse(status.stdout) as Status;
    expect(needs).toContainEqual({
      what: expect.stringMatching(new RegExp(`^alert EtcdMemberDown: ${name} on ${host}, a member of etcd`)),
      run: 'the site\'s runbook, "A machine does not work"',
    });
  } finally {
    await site.ssh(name, "systemctl start etcd");
  }
  await until("the receiver is told that it is over", 420, async () =>
    receiver.received.some(({ labels, status }) => labels.alertname === "EtcdMemberDown" && status === "resolved")
      ? true
      : undefined,
  );
});

test("what watching takes is told, and less than what it was given", async () => {
  for (const plane of planes()) {
    const [memory] = await query(plane, 'sum(process_resident_memory_bytes{job="monitoring"})');
    const [rows] = await query(plane, 'sum(vm_rows{type=~"storage/.*"})');
    const [bytes] = await query(plane, 'sum(vm_data_size_bytes{type=~"storage/.*|indexdb/.*"})');
    const [series] = await query(plane, 'count({__name__=~".+"})');
    const [rate] = await query(plane, "sum(rate(vm_rows_inserted_total[2m]))");
    const mib = Number(memory?.value[1]) / 2 ** 20;
    console.log(
      `${plane}: ${mib.toFixed(0)} MiB resident, ${series?.value[1]} series, ${Number(rate?.value[1]).toFixed(0)} samples a second, ` +
        `${rows?.value[1]} samples in ${bytes?.value[1]} bytes`,
    );
    expect(mib).toBeLessThan(400);
  }
});

test("left out of the description, nothing of it runs any more (O1)", async () => {
  const { code, text } = await brought();
  expect(code, text).toBe(0);
  await until("the pods are gone", 120, async () =>
    (
      await site.kubectl("-n", "kube-system", "get", "pods", "-l", "k8s-app=groundwork-monitoring", "-o", "name")
    ).trim() === ""
      ? true
      : undefined,
  );
  for (const { name, address } of site.machines()) {
    const { code: open } = await site.attemptSsh(name, `timeout 3 bash -c 'exec 3<>/dev/tcp/${address}/9101'`);
    expect(open, name).not.toBe(0);
  }
  const roles = await site.kubectl(
    "get",
    "clusterrole,clusterrolebinding",
    "-l",
    "k8s-app=groundwork-monitoring",
    "-o",
    "name",
  );
  expect(roles.trim()).toBe("");
});
