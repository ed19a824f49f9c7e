import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runbookPage } from "../../cli/runbook/page";
import { pdfOf } from "../../cli/runbook/pdf";
import { demoRunbook } from "../support/demoPages";
import { Paper, type PaperLine } from "../support/paper";

// D6: the runbook in hand, when no screen works.

let paper: Paper;
const pages: PaperLine[][] = [];

beforeAll(async () => {
  const runbook = demoRunbook();
  paper = await Paper.of(await pdfOf((numbers) => runbookPage(runbook, numbers)));
  for (let page = 1; page <= paper.pages; page++) pages.push(await paper.lines(page));
});
afterAll(() => paper?.close());

const text = (page: number) => (pages[page - 1] ?? []).map(({ text }) => text).join("\n");

describe("the runbook of the demo on paper (D6)", () => {
  it("has twelve pages at most, each with its number", () => {
    expect(paper.pages).toBeLessThanOrEqual(12);
    for (const [i, lines] of pages.entries()) expect(lines.at(-1)?.text).toBe(`page ${i + 1} of ${paper.pages}`);
  });

  it("says on its first page whom to call, where everything lies, and where to go on", () => {
    expect(text(1)).toContain("+49 (30) 123-45");
    for (const name of ["esx-1", "esx-3", "etcd-a", "general-b", "naa.5000c500a0000011"])
      expect(text(1)).toContain(name);
    expect(text(1)).toContain("A node is NotReady");
    expect(text(1)).toContain("x509: certificate has expired");
  });

  it("leads to the page on which the chapter is", async () => {
    const table = (pages[0] ?? []).filter(({ text }) => /page \d+$/.test(text) && !/,\s*page/.test(text)).slice(0, -1);
    const rows = table.flatMap(({ text }) => [...text.matchAll(/(\d+) ([^\d]+?)\s*page (\d+)$/g)]);
    expect(rows.length).toBeGreaterThan(10);
    for (const [, number, , page] of rows)
      expect(text(Number(page)), `chapter ${number} on page ${page}`).toMatch(new RegExp(`^${number} `, "m"));
    expect(text(1)).toMatch(new RegExp(`3 A machine does not work\\s*page ${await paper.pageOf("machine")}`));
  });

  it("leaves no heading alone at the foot of a page", () => {
    const heading = Math.max(...(pages[3] ?? []).map(({ size }) => size));
    for (const lines of pages) {
      expect(lines.at(-2)?.size).toBeLessThan(heading * 0.9);
      expect(lines.at(-2)?.text).not.toMatch(/^(If: |How to see it|Always)/);
    }
  });

  it("breaks no date, name or address over lines, and shows no backtick", () => {
    for (const page of pages.keys()) {
      expect(text(page + 1)).not.toMatch(/\b\d{4}-(\d\d-)?$/m);
      expect(text(page + 1)).not.toMatch(/\b(esx|demo|etcd|general|load-balancer|control-plane)-$/m);
    }
    expect(pages.flat().filter(({ text }) => text.includes("`"))).toEqual([]);
  });
});
