import Table from "cli-table3";

const LINES = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** A table without lines: columns two blanks apart, nothing after the last one. */
export function table(head: string[], rows: string[][]): string {
  const result = new Table({
    head,
    chars: LINES,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  result.push(...rows);
  return result
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
