import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { parseDocument } from "yaml";
import { repository } from "../../lab/toolchain/artifact";
import { Traffic, type TrafficReport } from "../../lab/traffic";
import { type PodReport, PodTraffic } from "../support/lab/podTraffic";
import { demo, type Ended, type RunningSite } from "../support/lab/site";

/** Milliseconds that clients may wait for planned work, at most. */
const planned = 10_000;
/** Milliseconds that pods may wait for one another, at most: each pair of nodes is asked in turn, once a second. */
const OUTAGE = 30_000;

export type Setting = [path: (string | number)[], value: unknown];

/** How clients and pods fared. */
export interface Fared extends TrafficReport {
  pods: PodReport;
}

/** Changes the demo site's description, as its owner would, and brings the site to it while clients write and read and pods ask one another. */
export async function changed(site: RunningSite, settings: Setting[]): Promise<{ ended: Ended; report: Fared }> {
  const document = parseDocument(readFileSync(join(repository, "stacks/Pulumi.demo.yaml"), "utf8"));
  for (const [path, value] of settings)
    if (value !== undefined) document.setIn(["config", "groundwork:site", ...path], value);
  const folder = mkdtempSync(join(tmpdir(), "groundwork-life-"));
  try {
    const stack = join(folder, "Pulumi.changed.yaml");
    writeFileSync(stack, document.toString({ lineWidth: 0 }));
    const traffic = await Traffic.start(site.paths.kubeconfig);
    const pods = await PodTraffic.start(site, readFileSync(site.paths.kubeconfig, "utf8"));
    try {
      pods.lap();
      const ended = await demo("--stack", stack);
      const asked = pods.lap();
      return { ended, report: { ...(await traffic.stop()), pods: asked } };
    } finally {
      await pods.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Prints how clients fared, and judges it. */
export function unharmed(what: string, report: Fared): void {
  console.log(
    `${what}: ${report.acknowledged} writes in ${report.seconds} s, ${report.perSecond} a second, ${report.lost.length} lost; ` +
      `longest gap ${report.longestWriteGap} ms for the writer, ${report.longestReadGap} ms for the reader, ` +
      `${report.pods.longestGap} ms for pods`,
  );
  expect(report.lost).toEqual([]);
  expect(report.perSecond).toBeGreaterThanOrEqual(5);
  expect(Math.max(report.longestWriteGap, report.longestReadGap)).toBeLessThanOrEqual(planned);
  expect(report.pods.answered).toBeGreaterThan(0);
  expect(report.pods.longestGap).toBeLessThan(OUTAGE);
}

/** Machines that were taken away before the one before was configured again, by Pulumi's own account. */
export function takenTooEarly(site: RunningSite): string[] {
  const wrong: string[] = [];
  let away: string | undefined;
  const log = readFileSync(join(site.paths.logs, "up.log"), "utf8");
  for (const [, gone, back] of log.matchAll(
    /VirtualMachine (\S+) deleted original|Command (\S+) created replacement/g,
  )) {
    if (gone !== undefined && away !== undefined) wrong.push(`${gone} while ${away} was away`);
    if (gone !== undefined) away = gone;
    else if (back === away) away = undefined;
  }
  return wrong;
}

/** Names of etcd's members, none of which still learns. */
export async function memberNames(site: RunningSite): Promise<string[]> {
  const { members } = JSON.parse(await site.etcdctl("member", "list", "-w", "json")) as {
    members: { name: string; isLearner?: boolean }[];
  };
  expect(members.filter(({ isLearner }) => isLearner)).toEqual([]);
  return members.map(({ name }) => name).sort();
}

/** Ids of the virtual machines in the state, by name. */
export async function machineIds(site: RunningSite): Promise<Record<string, string>> {
  const resources = (await site.exported()) as { urn: string; type: string; id?: string }[];
  const machines = resources.filter(({ type }) => type === "vsphere:index/virtualMachine:VirtualMachine");
  return Object.fromEntries(machines.map(({ urn, id }) => [urn.split("::").at(-1) ?? "", id ?? ""]));
}
