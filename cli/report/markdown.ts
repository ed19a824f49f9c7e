import type { Root } from "mdast";
import { gfmTableToMarkdown } from "mdast-util-gfm-table";
import { type Options, toMarkdown } from "mdast-util-to-markdown";
import { bodyOf, headline, overall, signs, stackBlocks } from "./document";
import type { Report } from "./model";
import { type Block, type Folded, heading, type Mark, mark } from "./nodes";
import { rawText } from "./policyBlocks";

/** Comments on GitHub hold 65,536 characters. */
const longest = 60_000;

const emoji = { good: "✅", bad: "❌", caution: "⚠️", note: "ℹ️" };

/** By this a pull request's comment is found again. */
export const commentMark = "<!-- groundwork report -->";

/** The report for a comment of a pull request. The raw diff goes first if it is too long for one. */
export function markdownOf(report: Report): string {
  const raw = report.stacks.reduce((sum, stack) => sum + rawText(stack).length, 0);
  const full = raw > longest ? undefined : rendered(report, true);
  if (full !== undefined && full.length <= longest) return full;
  const short = rendered(report, false);
  if (short.length <= longest) return short;
  const cut = short.lastIndexOf("\n", longest);
  return `${short.slice(0, cut)}\n\nThe rest is too long for this place; the HTML has it.\n\n${commentMark}\n`;
}

function rendered(report: Report, raw: boolean): string {
  const blocks = [
    heading(2, [mark(signs[overall(report)]), ` ${headline(report)}`]),
    ...bodyOf(report, (stack) => stackBlocks(stack, raw)),
  ];
  return `${written(blocks)}\n${commentMark}\n`;
}

function written(children: Block[]): string {
  const options: Options = {
    bullet: "-",
    fences: true,
    extensions: [gfmTableToMarkdown({ tablePipeAlign: false })],
    handlers: {
      folded: ({ summary, open, children: inside }: Folded) =>
        `<details${open ? " open" : ""}>\n<summary>${escaped(summary)}</summary>\n\n${written(inside).trim()}\n\n</details>`,
      mark: ({ is }: Mark) => emoji[is],
    } as Options["handlers"],
  };
  return toMarkdown({ type: "root", children } as Root, options);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
