import { readFileSync } from "node:fs";
import { isCollection, isMap, isScalar, isSeq, type Node, parseDocument } from "yaml";
import { unusable } from "../../site/description/unusableInput";
import { isFromFleet } from "../fleet/stackFiles";
import { writeWhole } from "../output/file";

/** Counts by the pools' names. */
export type Counts = Readonly<Record<string, number>>;

/**
 * Writes other counts of pools into a stack file.
 *
 * @throws UnusableInput if they cannot be written there, or if it is written from a fleet's file
 */
export function writeCounts(file: string, counts: Counts): void {
  const text = readFileSync(file, "utf8");
  if (isFromFleet(text))
    throw unusable(file, "it is written from fleet.yaml", "change the counts there, and run `groundwork fleet render`");
  writeWhole(file, withCountsWritten(text, file, counts));
}

/**
 * The text of a stack file with other counts of pools: nothing but these numbers is touched, so that comments, quotes and order stay.
 *
 * @throws UnusableInput if a count does not stand there as a number of its own
 */
export function withCountsWritten(text: string, file: string, counts: Counts): string {
  const places = Object.entries(counts).map(([pool, count]) => {
    const place = placeOf(text, pool);
    if (place) return { ...place, count };
    throw unusable(file, `the count of pool ${pool} is no number of its own there`, `write ${count} yourself`);
  });
  return places
    .sort((a, b) => b.start - a.start)
    .reduce((whole, { start, end, count }) => `${whole.slice(0, start)}${count}${whole.slice(end)}`, text);
}

/** Where a pool's count stands: nowhere, if it is another one's, too. */
function placeOf(text: string, pool: string): { start: number; end: number } | undefined {
  const document = parseDocument(text);
  const stack = document.contents;
  const site = (isMap(stack) && stack.getIn(["config", "groundwork:site"], true)) || stack;
  const pools = isMap(site) ? site.get("workers", true) : undefined;
  const described = isSeq(pools) ? pools.items.find((one) => isMap(one) && one.get("name") === pool) : undefined;
  const count = isMap(described) ? described.get("count", true) : undefined;
  const isShared = [site, pools, described, count].some((node) => isAnchored(node as Node | undefined));
  if (isShared || !isScalar(count) || !count.range || typeof count.value !== "number") return undefined;
  const [start, end] = count.range;
  return { start, end };
}

function isAnchored(node: Node | undefined): boolean {
  return (isCollection(node) || isScalar(node)) && node.anchor !== undefined;
}
