import type { BlockContent, Heading, List, Paragraph, PhrasingContent, Table, TableRow } from "mdast";

/** A part that is folded away until it is asked for. */
export interface Folded {
  type: "folded";
  summary: string;
  /** Unfolded when it is printed, and at first. */
  open?: boolean;
  children: Block[];
}

/** A sign for good, bad and what lies between. */
export interface Mark {
  type: "mark";
  is: "good" | "bad" | "caution" | "note";
}

declare module "mdast" {
  interface RootContentMap {
    folded: Folded;
    mark: Mark;
  }
  interface PhrasingContentMap {
    mark: Mark;
  }
}

export type Block = BlockContent | Folded;

/** Text, and what stands in it. */
export type Words = string | PhrasingContent | (string | PhrasingContent)[];

export function words(content: Words): PhrasingContent[] {
  return [content].flat().flatMap((part) => (typeof part === "string" ? texts(part) : [part]));
}

/** What stands between backticks is code. */
function texts(text: string): PhrasingContent[] {
  return text
    .split("`")
    .map((value, i): PhrasingContent => ({ type: i % 2 === 0 ? "text" : "inlineCode", value }))
    .filter((node) => "value" in node && node.value !== "");
}

export function strong(content: Words): PhrasingContent {
  return { type: "strong", children: words(content) };
}

export function code(value: string): PhrasingContent {
  return { type: "inlineCode", value };
}

export function mark(is: Mark["is"]): PhrasingContent {
  return { type: "mark", is };
}

export function paragraph(content: Words): Paragraph {
  return { type: "paragraph", children: words(content) };
}

export function heading(depth: Heading["depth"], content: Words): Heading {
  return { type: "heading", depth, children: words(content) };
}

export function list(items: readonly Words[]): List {
  return {
    type: "list",
    spread: false,
    children: items.map((item) => ({ type: "listItem", spread: false, children: [paragraph(item)] })),
  };
}

export function table(head: readonly Words[], rows: readonly (readonly Words[])[]): Table {
  const row = (cells: readonly Words[]): TableRow => ({
    type: "tableRow",
    children: cells.map((cell) => ({ type: "tableCell", children: words(cell) })),
  });
  return { type: "table", children: [row(head), ...rows.map(row)] };
}

export function folded(summary: string, children: Block[], open = false): Folded {
  return { type: "folded", summary, children, ...(open && { open }) };
}

export function codeBlock(value: string, lang: string): Block {
  return { type: "code", lang, value };
}
