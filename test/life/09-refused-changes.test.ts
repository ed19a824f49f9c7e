import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { runPlan } from "../../cli/plan/command";
import { pulumi } from "../../cli/stack/pulumi";
import { Traffic } from "../../lab/traffic";
import { savedText } from "../../site/life/saved";
import { PodTraffic } from "../support/lab/podTraffic";
import { demo, labIsKept, RunningSite, until } from "../support/lab/site";
import { machineIds, memberNames, type Setting } from "./change";
import { expectUnharmed } from "./unharmed";

// O4: what would break a site that runs is refused before anything is touched, and what costs something is told of,
// in the same words by `plan --against`, a preview and `up`.

/** Milliseconds that a client or a pod may wait where nothing is done to the site. */
const UNTOUCHED = 10_000;
/** The same where machines are made anew. */
const OUTAGE = 30_000;

/** What somebody changes, and the setting that it is refused for. */
const refused: Record<string, { settings: Setting[]; path: string }> = {
  "the pods' network": { settings: [[["network", "podCidr"], "10.128.0.0/16"]], path: "network.podCidr" },
  "a node's part of it": { settings: [[["network", "nodePodPrefix"], 25]], path: "network.nodePodPrefix" },
  "the services' network": { settings: [[["network", "serviceCidr"], "10.97.0.0/16"]], path: "network.serviceCidr" },
  "the cluster's domain": { settings: [[["network", "domain"], "shop.internal"]], path: "network.domain" },
  "the machines' network": { settings: [[["network", "cidr"], "10.42.0.0/25"]], path: "network.cidr" },
  "a range without the addresses of what runs": {
    settings: [[["network", "machines"], "10.42.0.60-10.42.0.99"]],
    path: "network.machines",
  },
  "the site's name": { settings: [[["name"], "store"]], path: "name" },
  "a device twice, but for the case of its letters": {
    settings: [[["hosts", 2, "devices", 0, "id"], "naa.5000C500A0000011"]],
    path: "hosts[2].devices[0].id",
  },
};

let site: RunningSite;
let folder: string;
/** The stack's file as the site runs: what is refused is written there, too. */
let runs: string;
let traffic: Traffic;
let pods: PodTraffic;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "groundwork-refused-"));
  site = await RunningSite.open();
  runs = readFileSync(site.stack.configFile ?? "", "utf8");
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
  traffic = await Traffic.start(site.paths.kubeconfig);
  // Asked at a machine of its own address: the site's own changes below.
  const [controlPlane] = site.machines("control-plane");
  const kubeconfig = readFileSync(site.paths.kubeconfig, "utf8");
  pods = await PodTraffic.start(site, kubeconfig.replace(site.plan.endpoint.host, controlPlane?.address ?? ""));
});
afterAll(async () => {
  await traffic?.stop();
  await pods?.stop();
  rmSync(folder, { recursive: true, force: true });
  if (labIsKept) await demo();
});

/** The same with settings changed. */
function changedFile(settings: readonly Setting[]): string {
  const document = parseDocument(runs);
  for (const [path, value] of settings) document.setIn(["config", "groundwork:site", ...path], value);
  writeFileSync(changedPath(), document.toString({ lineWidth: 0 }));
  return changedPath();
}
const changedPath = () => join(folder, "Pulumi.changed.yaml");

/** What `groundwork plan FILE --against` says of it, and how it ends. */
function planned(file: string): { code: number; said: string } {
  const saved = join(folder, "runs.plan.json");
  writeFileSync(saved, savedText(site.plan));
  let said = "";
  const keep = (text: string) => {
    said += `${text}\n`;
  };
  return { code: runPlan(file, { against: saved }, keep, keep), said };
}

/** `pulumi` over the lab's vCenter as it stands: `npm run demo` would give it what is described. */
async function asked(file: string, ...args: string[]): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await pulumi({ ...site.stack, configFile: file }, args);
  return { code, text: stdout + stderr };
}

const commands = [["preview"], ["up", "--yes", "--skip-preview"]];

/** The changed description is told of in one way by all that judge it, and brought up without harm to pods. */
async function toldAlike(words: RegExp, patience = OUTAGE): Promise<void> {
  pods.lap();
  const plan = planned(changedPath());
  expect(plan.code, plan.said).toBe(0);
  expect(plan.said).toMatch(words);
  for (const command of commands) {
    const { code, text } = await asked(changedPath(), ...command);
    expect(code, text).toBe(0);
    expect(text).toMatch(words);
  }
  const probe = pods.lap();
  console.log(`pods answered ${probe.answered} times, longest gap ${probe.longestGap} ms`);
  expect(probe.longestGap).toBeLessThan(patience);
  expect(probe.answered).toBeGreaterThan(0);
}

const uids = () => site.kubectl("get", "nodes", "-o", "jsonpath={.items[*].metadata.uid}");

// First: what the others bring to `npm run demo` the lab's vCenter gets, too.
describe("by what vCenter has", () => {
  test("a device that it does not know is refused in a preview and by `up`", async () => {
    const before = [await machineIds(site), await uids(), await memberNames(site)];
    const file = changedFile([[["hosts", 2, "devices", 0, "id"], "naa.5000c500a0000099"]]);
    for (const command of commands) {
      const { code, text } = await asked(file, ...command);
      expect(code, text).not.toBe(0);
      expect(text).toMatch(/hosts\[2\]\.devices\[0\]\.id: .*naa\.5000c500a0000031.*; /);
    }
    expect([await machineIds(site), await uids(), await memberNames(site)]).toEqual(before);
  });
});

describe("what goes on, but costs something, is told alike by a plan, a preview and `up`:", () => {
  afterEach(async () => {
    const { code, text } = await demo();
    expect(code, text).toBe(0);
    expect((await traffic.lap()).lost).toEqual([]);
  });

  test("a host that is left out with what runs on it", async () => {
    const document = parseDocument(runs);
    document.deleteIn(["config", "groundwork:site", "hosts", 2]);
    writeFileSync(changedPath(), document.toString({ lineWidth: 0 }));
    await traffic.lap();
    await toldAlike(/hosts: esx-3 is left out while demo-etcd-c.* runs? on it: /);
    expect(planned(changedPath()).said).toContain("survival: host esx-1 can no longer fail: etcd loses quorum");
    const clients = await traffic.lap();
    expect(clients.lost).toEqual([]);
    expect(clients.longestWriteGap).toBeLessThan(OUTAGE);
  });

  test("another virtual address, at which the API answers afterwards", async () => {
    const file = changedFile([[["network", "apiVip"], "10.42.0.6"]]);
    // The API server through which pods are asked is started anew with a certificate for it.
    const words = /network\.apiVip: "10\.42\.0\.5" becomes "10\.42\.0\.6" at a site that runs: every kubeconfig/;
    await toldAlike(words, 2 * OUTAGE);
    const kubeconfig = join(folder, "kubeconfig");
    const { stdout } = await pulumi({ ...site.stack, configFile: file }, [
      "stack",
      "output",
      "kubeconfig",
      "--show-secrets",
    ]);
    writeFileSync(kubeconfig, stdout, { mode: 0o600 });
    expect(stdout).toContain("https://10.42.0.6:6443");
    expect(await site.kubectl("--kubeconfig", kubeconfig, "get", "--raw=/readyz")).toBe("ok");
  });
});

describe("is refused before anything is touched:", () => {
  test.each(Object.entries(refused))("%s", async (_, { settings, path }) => {
    const before = [await machineIds(site), await uids(), await memberNames(site)];
    await traffic.lap();
    pods.lap();
    const file = changedFile(settings);
    const { code, text } = await demo("--stack", file);
    expect(code, text).not.toBe(0);
    const line = text.split("\n").find((each) => each.includes(`${path}: `)) ?? "";
    expect(line, text).toMatch(/: .+; .+/);
    expect([await machineIds(site), await uids(), await memberNames(site)]).toEqual(before);
    expectUnharmed(await traffic.lap(), pods.lap(), UNTOUCHED);
    const plan = planned(file);
    expect(plan.code, plan.said).not.toBe(0);
    expect(plan.said).toContain(`${path}: `);
  });
});
