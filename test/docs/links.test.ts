import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { filesOf } from "../../docs/generate/requirements";

const root = join(__dirname, "../..");
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  "policies/README.md",
  ...filesOf("docs", ".md"),
];

/** A page without what is quoted, where brackets are no links. */
const proseOf = (page: string) =>
  readFileSync(join(root, page), "utf8")
    .replace(/^```[\s\S]*?^```/gm, "")
    .replace(/`[^`\n]*`(?!\]\()/g, "");

/** Where its links lead, those to other sites left out. */
const linksOf = (page: string) =>
  [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

/** The anchors of a page's headings, as GitHub and GitLab make them. */
const anchorsOf = (page: string) =>
  [...readFileSync(page, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, "")
      .replaceAll(" ", "-"),
  );

describe("links of the pages", () => {
  it.each(pages)("%s", (page) => {
    const broken = linksOf(page).filter((link) => {
      const [path = "", anchor] = link.split("#");
      const file = path === "" ? join(root, page) : join(root, dirname(page), decodeURI(path));
      if (!existsSync(file)) return true;
      return anchor !== undefined && (statSync(file).isDirectory() || !anchorsOf(file).includes(anchor));
    });
    expect(broken).toEqual([]);
  });
});

it("README leads to every page, at once or by one page between", () => {
  const targets = (page: string) =>
    linksOf(page).map((link) => relative(root, join(root, dirname(page), link.split("#")[0] ?? "")));
  const first = targets("README.md");
  const reached = new Set([...first, ...first.filter((page) => pages.includes(page)).flatMap(targets)]);
  expect(pages.length).toBeGreaterThan(100);
  expect(pages.filter((page) => page !== "README.md" && !reached.has(page))).toEqual([]);
});

it("the table of contents lists every decision", () => {
  const listed = linksOf("docs/decisions/README.md");
  const decisions = filesOf("docs/decisions", ".md")
    .filter((page) => !page.endsWith("README.md"))
    .flatMap((page) =>
      anchorsOf(join(root, page))
        .slice(1)
        .map((anchor) => `${relative("docs/decisions", page)}#${anchor}`),
    );
  expect(decisions.length).toBeGreaterThan(60);
  expect(decisions.filter((decision) => !listed.includes(decision))).toEqual([]);
});
