import { writeWhole } from "../output/file";
import { painted } from "../output/paint";
import { projectIn } from "../report/project";
import { overviewOf } from "./overview";
import { overviewPage } from "./overviewPage";
import { overviewText } from "./overviewText";

export interface FleetStatusOptions {
  project: string;
  sites: string[];
  parallel: number;
  json?: boolean;
  html?: string;
}

/** `groundwork fleet status`. Returns the exit code. */
export async function fleetStatus({ project, sites, parallel, json, html }: FleetStatusOptions): Promise<0 | 1> {
  const progress = process.stderr.isTTY ? (line: string) => process.stderr.write(`\r\u001b[K${line}`) : undefined;
  const overview = await overviewOf(projectIn(project), { sites, parallel, ...(progress && { progress }) });
  if (progress) process.stderr.write("\r\u001b[K");
  if (html !== undefined) {
    writeWhole(html, overviewPage(overview));
    process.stderr.write(`written: ${html}\n`);
  }
  if (json) process.stdout.write(`${JSON.stringify(overview, null, 2)}\n`);
  else process.stdout.write(painted(overviewText(overview)));
  return overview.sites.every(({ state }) => state === "well") ? 0 : 1;
}
