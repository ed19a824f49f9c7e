import { cpus, totalmem } from "node:os";
import { cells, type Row } from "./ratio";

/** Where the figures were measured. */
export interface Machine {
  processors: number;
  processor: string;
  memoryGiB: number;
  node: string;
}

/** Day and computer, as they stand before figures. */
export function measuredOn({ processors, processor, memoryGiB, node }: Machine, day: string): string {
  return `Measured on ${day} on ${processors} processors (${processor}) with ${memoryGiB} GiB and Node.js ${node}`;
}

/** The computer that this runs on. */
export function thisMachine(): Machine {
  return {
    processors: cpus().length,
    processor: (cpus()[0]?.model ?? "unknown").trim(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
  };
}

/** The part of docs/performance.md that `npm run bench` writes, between its two marks. */
export function figures(rows: readonly Row[], machine: Machine, against: string, runs: number, day: string): string {
  const head = ["what", against, "this revision", "ratio", "at most", ""];
  return [
    `${measuredOn(machine, day)}: medians of ${runs} runs, the two sides in turn; beside each half of what lies between the least and the most.`,
    "",
    figureTable(rows, head),
  ].join("\n");
}

/** Rows as a table of Markdown under six heads. */
export function figureTable(rows: readonly Row[], head: readonly string[]): string {
  const line = (words: readonly string[]) => `| ${words.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map((row) => line(cells(row)))].join("\n");
}

const END = "<!-- end of figures -->";

/**
 * The page with new figures in the place of the old ones.
 *
 * @param command the one whose figures they are: they stand between its mark and the next end
 * @throws Error if the marks are gone
 */
export function withFigures(page: string, text: string, command = "npm run bench"): string {
  const mark = `<!-- figures: ${command} -->`;
  const begin = page.indexOf(mark);
  const end = page.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`docs/performance.md: its marks are gone; put back ${mark} and ${END}`);
  return `${page.slice(0, begin + mark.length)}\n\n${text}\n\n${page.slice(end)}`;
}
