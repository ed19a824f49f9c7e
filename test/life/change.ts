import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { parseDocument } from "yaml";
import { repository } from "../../lab/toolchain/artifact";
import { Traffic, type TrafficReport } from "../../lab/traffic";
import { demo, type Ended, type RunningSite } from "../support/lab/site";

/** Milliseconds that clients may wait for planned work, at most. */
const planned = 10_000;

export type Setting = [path: (string | number)[], value: unknown];

/** Changes the demo site's description, as its owner would, and brings the site to it while clients write and read. */
export async function changed(
  site: RunningSite,
  settings: Setting[],
): Promise<{ ended: Ended; report: TrafficReport }> {
  const document = parseDocument(readFileSync(join(repository, "stacks/Pulumi.demo.yaml"), "utf8"));
  for (const [path, value] of settings)
    if (value !== undefined) document.setIn(["config", "groundwork:site", ...path], value);
  const folder = mkdtempSync(join(tmpdir(), "groundwork-life-"));
  try {
    const stack = join(folder, "Pulumi.changed.yaml");
    writeFileSync(stack, document.toString({ lineWidth: 0 }));
    const traffic = await Traffic.start(site.paths.kubeconfig);
    const ended = await demo("--stack", stack);
    return { ended, report: await traffic.stop() };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Prints how clients fared, and judges it. */
export function unharmed(what: string, report: TrafficReport): void {
  console.log(
    `${what}: ${report.acknowledged} writes in ${report.seconds} s, ${report.perSecond} a second, ${report.lost.length} lost; ` +
      `longest gap ${report.longestWriteGap} ms for the writer, ${report.longestReadGap} ms for the reader`,
  );
  expect(report.lost).toEqual([]);
  expect(report.perSecond).toBeGreaterThanOrEqual(5);
  expect(Math.max(report.longestWriteGap, report.longestReadGap)).toBeLessThanOrEqual(planned);
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
