import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Element, ElementContent, Root } from "hast";
import { toHtml } from "hast-util-to-html";
import { h } from "hastscript";
import type { Code, Heading, Root as Markdown } from "mdast";
import { toHast } from "mdast-util-to-hast";
import { bodyOf, headline, overall, signs, stackBlocks } from "../document";
import type { Report, StackReport } from "../model";
import type { Block, Folded, Mark } from "../nodes";
import { drawingsOf } from "./drawing";

/** The report as one page. */
export function htmlOf(report: Report): string {
  const title = headline(report);
  const verdict = overall(report);
  const header = h(`header.${verdict}`, h("h1", [sign(signs[verdict]), " ", title]));
  return pageOf({ title, style: [], header, main: content(bodyOf(report, stackBody), report) });
}

export interface Page {
  title: string;
  /** Further style sheets beside the report's own, as paths. */
  style: string[];
  header: Element;
  main: ElementContent[];
}

/** A page that needs nothing but itself: no request leaves it, and its policy forbids any. */
export function pageOf({ title, style: further, header, main }: Page): string {
  const sheets = [join(__dirname, "style.css"), ...further];
  const style = sheets.map((file) => readFileSync(file, "utf8")).join("");
  const script = readFileSync(join(__dirname, "clicks.js"), "utf8");
  const policy = `default-src 'none'; img-src data:; style-src ${hash(style)}; script-src ${hash(script)}`;
  const page: Root = {
    type: "root",
    children: [
      { type: "doctype" },
      h("html", { lang: "en" }, [
        h("head", [
          h("meta", { charset: "utf-8" }),
          h("meta", { httpEquiv: "Content-Security-Policy", content: policy }),
          h("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
          h("meta", { name: "color-scheme", content: "light dark" }),
          h("title", title),
          h("link", { rel: "icon", href: "data:," }),
          h("style", style),
        ]),
        h("body", [header, h("main", main), h("script", script)]),
      ]),
    ],
  };
  return `${toHtml(page)}\n`;
}

/** Where a stack's drawing goes. */
interface Place {
  type: "drawing";
  stack: string;
}

/** Why and what first, then the drawing, then everything else. */
function stackBody(stack: StackReport): Block[] {
  const blocks = stackBlocks(stack);
  const place = { type: "drawing", stack: stack.stack } as unknown as Block;
  const first = blocks.findIndex(({ type }) => type !== "list");
  const at = first < 0 ? blocks.length : first;
  return [...blocks.slice(0, at), place, ...blocks.slice(at)];
}

function content(children: Block[], report: Report): ElementContent[] {
  const found = toHast({ type: "root", children } as Markdown, {
    handlers: {
      folded: (_state: unknown, { summary, open, children: inside }: Folded) =>
        h("details", open ? { open: true } : {}, [h("summary", summary), ...content(inside, report)]),
      heading: (state: { all(node: unknown): ElementContent[] }, node: Heading) =>
        h(`h${node.depth - 1}`, state.all(node)),
      code: (_state: unknown, { value }: Code) => h("pre", { tabIndex: 0 }, h("code", value)),
      mark: (_state: unknown, { is }: Mark) => sign(is),
      drawing: (_state: unknown, { stack }: Place) => {
        const of = report.stacks.find((other) => other.stack === stack);
        return h("div", of ? drawingsOf(of) : []);
      },
      table: (state: { all(node: unknown): Element[] }, node: unknown) => {
        const [head, ...rows] = state.all(node).filter(({ type }) => type === "element");
        const cells = head?.children.filter((cell) => cell.type === "element") ?? [];
        const names = cells.map((cell) => h("th", { scope: "col" }, cell.children));
        return h("div.scroll", { tabIndex: 0 }, h("table", [h("thead", h("tr", names)), h("tbody", rows)]));
      },
    } as never,
  });
  return (found as Root).children as ElementContent[];
}

/** Characters that every font has, in a circle. */
function sign(is: Mark["is"]): Element {
  const said = { good: ["✓", "good"], bad: ["✕", "bad"], caution: ["!", "caution"], note: ["i", "note"] }[is];
  return h(`span.sign.${is}`, { role: "img", ariaLabel: said[1] }, said[0]);
}

function hash(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
