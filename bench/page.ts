import { cells, type Row } from "./ratio";

/** Where the figures were measured. */
export interface Machine {
  processors: number;
  processor: string;
  memoryGiB: number;
  node: string;
}

/** The part of docs/performance.md that `npm run bench` writes, between its two marks. */
export function figures(rows: readonly Row[], machine: Machine, against: string, runs: number, day: string): string {
  const head = ["what", against, "this revision", "ratio", "at most", ""];
  const line = (words: readonly string[]) => `| ${words.join(" | ")} |`;
  return [
    `Measured on ${day} on ${machine.processors} processors (${machine.processor}) with ${machine.memoryGiB} GiB and Node.js ${machine.node}: medians of ${runs} runs, the two sides in turn; beside each half of what lies between the least and the most.`,
    "",
    line(head),
    line(head.map(() => "---")),
    ...rows.map((row) => line(cells(row))),
  ].join("\n");
}

const [BEGIN, END] = ["<!-- figures: npm run bench -->", "<!-- end of figures -->"];

/** The page with new figures in the place of the old ones. @throws Error if its marks are gone */
export function withFigures(page: string, text: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin)
    throw new Error(`docs/performance.md: its marks are gone; put back ${BEGIN} and ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${page.slice(end)}`;
}
