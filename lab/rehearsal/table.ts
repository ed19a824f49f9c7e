import type { Rehearsed } from "./rehearse";
import type { Row } from "./row";

const columns = ["etcd", "API", "workers", "writes", "lost", "longest gap", "whole again after"];

function padded(rows: readonly Row[], first: string, cells: readonly string[]): string {
  const width = Math.max(...rows.map(({ id }) => id.length), "failure of".length);
  const rest = columns.map((title, i) => (cells[i] ?? "").padStart(Math.max(title.length, 9)));
  return [first.padEnd(width), ...rest].join("  ").trimEnd();
}

/** The head of the table, whose lines come one by one. */
export function rehearsedTitle(rows: readonly Row[]): string {
  return padded(rows, "failure of", columns);
}

/** What came of a row; what the table did not say, below it. */
export function rehearsedLine(rows: readonly Row[], { row, seen, broken }: Rehearsed): string {
  const line = seen
    ? padded(rows, row.id, [
        seen.etcdQuorum ? "quorum" : "NO QUORUM",
        seen.apiReachable ? "up" : "DOWN",
        `${seen.workersLeft}`,
        `${seen.acknowledged}`,
        `${seen.lostWrites.length}`,
        `${(seen.longestGap / 1000).toFixed(1)} s`,
        `${seen.wholeAfter.toFixed(1)} s`,
      ])
    : `${padded(rows, row.id, [])}  ${row.because ? `not caused: ${row.because}` : ""}`;
  return [line.trimEnd(), ...broken.map((text) => `  WRONG  ${text}`)].join("\n");
}
