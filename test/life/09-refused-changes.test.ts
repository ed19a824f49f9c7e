import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { runPlan } from "../../cli/plan/command";
import { Traffic } from "../../lab/traffic";
import { savedText } from "../../site/life/saved";
import { PodTraffic } from "../support/lab/podTraffic";
import { demo, labIsKept, RunningSite, until } from "../support/lab/site";
import { machineIds, memberNames, type Setting } from "./change";

// O4: what would break a site that runs is refused before anything is touched, in the same words by `plan --against` and `up`.

/** Milliseconds that a client or a pod may wait where nothing is done to the site. */
const UNTOUCHED = 10_000;

/** What somebody changes, and the setting that it is refused for. The vCenter of a lab has each device that is described. */
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
  pods = await PodTraffic.start(site, readFileSync(site.paths.kubeconfig, "utf8"));
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
  const file = join(folder, "Pulumi.changed.yaml");
  writeFileSync(file, document.toString({ lineWidth: 0 }));
  return file;
}

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

const uids = () => site.kubectl("get", "nodes", "-o", "jsonpath={.items[*].metadata.uid}");

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
    const [clients, probe] = [await traffic.lap(), pods.lap()];
    expect(clients.lost).toEqual([]);
    expect(Math.max(clients.longestWriteGap, probe.longestGap)).toBeLessThan(UNTOUCHED);
    expect(probe.answered).toBeGreaterThan(0);
    const plan = planned(file);
    expect(plan.code, plan.said).not.toBe(0);
    expect(plan.said).toContain(`${path}: `);
  });
});
