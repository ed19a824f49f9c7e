import { unusable } from "../../site/description/unusableInput";
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

/**
 * `groundwork fleet status`. Returns the exit code.
 *
 * @throws UnusableInput where there is no site: that is not said to be well
 */
export async function fleetStatus({ project, sites, parallel, json, html }: FleetStatusOptions): Promise<0 | 1> {
  const progress = process.stderr.isTTY ? (line: string) => process.stderr.write(`\r\u001b[K${line}`) : undefined;
  const overview = await overviewOf(projectIn(project), { sites, parallel, ...(progress && { progress }) });
  if (progress) process.stderr.write("\r\u001b[K");
  if (overview.sites.length === 0) {
    const fix =
      sites.length > 0
        ? "ask for fewer labels"
        : "run `npx groundwork fleet render`, or name the folder with --project";
    throw unusable(project, sites.length > 0 ? "no site has them all" : "no stack file describes a site", fix);
  }
  if (html !== undefined) {
    writeWhole(html, overviewPage(overview));
    process.stderr.write(`written: ${html}\n`);
  }
  if (json) process.stdout.write(`${JSON.stringify(overview, null, 2)}\n`);
  else process.stdout.write(painted(overviewText(overview)));
  return overview.sites.every(({ state }) => state === "well") ? 0 : 1;
}
