import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { type Document, isCollection, isMap, isScalar, isSeq, type Node, parseDocument } from "yaml";
import { unusable } from "../../site/description/unusableInput";
import { FLEET_FILE } from "../fleet/render";
import { isFromFleet } from "../fleet/stackFiles";
import { writeWhole } from "../output/file";

/** Counts by the pools' names. */
export type Counts = Readonly<Record<string, number>>;

/** Where a site's counts are written. */
export interface CountsFile {
  file: string;
  /** The site's name there, if it is a fleet's file, of which its stack file is rendered. */
  fleetSite?: string;
}

/** The file in which a person changes the counts of a site: its stack file, or the fleet's that this one is written from. */
export function countsFileOf(stackFile: string, site: string): CountsFile {
  if (!isFromFleet(readFileSync(stackFile, "utf8"))) return { file: stackFile };
  for (let folder = dirname(resolve(stackFile)); ; folder = dirname(folder)) {
    const file = join(folder, FLEET_FILE);
    if (existsSync(file)) return { file: relative(process.cwd(), file), fleetSite: site };
    if (folder === dirname(folder)) return { file: FLEET_FILE, fleetSite: site };
  }
}

/**
 * Writes other counts of pools where a person would.
 *
 * @throws UnusableInput if they cannot be written there; nothing is written then
 */
export function writeCounts({ file, fleetSite }: CountsFile, counts: Counts): void {
  if (!existsSync(file))
    throw unusable(
      file,
      "it is not there, and the site's stack file is written from it",
      "put it back, beside Pulumi.yaml",
    );
  writeWhole(file, withCountsWritten(readFileSync(file, "utf8"), file, counts, fleetSite));
}

/**
 * The text of a stack or fleet file with other counts of pools: nothing but these numbers is touched, so that comments, quotes and order stay.
 *
 * @param fleetSite the site's name in a fleet's file
 * @throws UnusableInput if a count does not stand there as a number of its own
 */
export function withCountsWritten(text: string, file: string, counts: Counts, fleetSite?: string): string {
  const document = parseDocument(text);
  const site = fleetSite === undefined ? siteOfStack(document) : siteOfFleet(document, file, fleetSite);
  const places = Object.entries(counts).map(([pool, count]) => {
    const place = placeOf(site, pool);
    if (place) return { ...place, count };
    throw unusable(file, `the count of pool ${pool} is no number of its own there`, `write ${count} yourself`);
  });
  return places
    .sort((a, b) => b.start - a.start)
    .reduce((whole, { start, end, count }) => `${whole.slice(0, start)}${count}${whole.slice(end)}`, text);
}

/** The nodes on the way to a site's settings, these last. */
type Path = readonly unknown[];

function siteOfStack({ contents: stack }: Document): Path {
  return [(isMap(stack) && stack.getIn(["config", "groundwork:site"], true)) || stack];
}

/** A site's own settings: what it has of the defaults or of a group, other sites have, too. */
function siteOfFleet(document: Document, file: string, name: string): Path {
  const at = ["sites", name, "settings"];
  const path = at.map((_, i) => document.getIn(at.slice(0, i + 1), true));
  const settings = path.at(-1);
  if (isMap(settings) && settings.has("workers")) return path;
  throw unusable(
    file,
    `sites.${name} has its pools from the defaults or a group, as other sites have, too`,
    `give it settings.workers of its own there, or change the count for all of them`,
  );
}

/** Where a pool's count stands: nowhere, if it is another one's, too. */
function placeOf(path: Path, pool: string): { start: number; end: number } | undefined {
  const site = path.at(-1);
  const pools = isMap(site) ? site.get("workers", true) : undefined;
  const described = isSeq(pools) ? pools.items.find((one) => isMap(one) && one.get("name") === pool) : undefined;
  const count = isMap(described) ? described.get("count", true) : undefined;
  const isShared = [...path, pools, described, count].some((node) => isAnchored(node as Node | undefined));
  if (isShared || !isScalar(count) || !count.range || typeof count.value !== "number") return undefined;
  const [start, end] = count.range;
  return { start, end };
}

function isAnchored(node: Node | undefined): boolean {
  return (isCollection(node) || isScalar(node)) && node.anchor !== undefined;
}
