import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  codesOfSource,
  codesOfTitle,
  filesOf,
  requirements,
  requirementsPage,
  testsByCode,
} from "../../docs/generate/requirements";
import { subjects } from "../../site/judge/rules/catalog";

const root = join(__dirname, "../..");
const rows = requirements().flatMap((chapter) => chapter.requirements);
const codes = new Set(rows.map(({ code }) => code));
const unknown = (cited: string[]) => cited.filter((code) => !codes.has(code));

it("docs/requirements.md is current; else run `npm run docs:requirements`", () => {
  expect(readFileSync(join(root, "docs/requirements.md"), "utf8")).toBe(requirementsPage());
});

describe("every code that is cited has a row:", () => {
  it("by a rule, which cites at least one, and a known source", () => {
    for (const { id, source } of subjects.flatMap((subject) => subject.rules)) {
      expect(codesOfSource(source), id).not.toEqual([]);
      expect(unknown(codesOfSource(source)), id).toEqual([]);
      const letters = /\[([^\]]*)\]/.exec(source)?.[1]?.match(/\b[A-Z]\b/g) ?? [];
      expect(letters, id).not.toEqual([]);
      expect(
        letters.filter((letter) => !"BKPAX".includes(letter)),
        id,
      ).toEqual([]);
    }
  });

  it("by a test", () => {
    expect(unknown([...testsByCode().keys()])).toEqual([]);
  });

  it("by the code", () => {
    const files = ["site", "components", "policies", "cli", "infra"].flatMap((folder) => filesOf(folder, ".ts"));
    expect(files.length).toBeGreaterThan(200);
    for (const file of files) expect(unknown(codesOfTitle(readFileSync(join(root, file), "utf8"))), file).toEqual([]);
  });

  it("by a page", () => {
    const pages = ["README.md", "policies/README.md", ...filesOf("docs", ".md")];
    expect(pages.length).toBeGreaterThan(100);
    for (const page of pages) {
      const cited = readFileSync(join(root, page), "utf8").match(/\b[LSCODWR]\d{1,2}\b/g) ?? [];
      expect(unknown(cited), page).toEqual([]);
    }
  });
});

describe("every row", () => {
  it.each(rows)("$code is served by a rule or a test, or says what is open", ({ rules, tests, open }) => {
    expect(rules.length + tests.length > 0 || open !== undefined).toBe(true);
  });

  it("that says nothing is open is served by a test", () => {
    expect(rows.filter(({ open, tests }) => open === undefined && tests.length === 0).map(({ code }) => code)).toEqual(
      [],
    );
  });
});

describe("a title names a row", () => {
  it("at its start or in brackets", () => {
    expect(codesOfTitle("L4: one host")).toEqual(["L4"]);
    expect(codesOfTitle("L1")).toEqual(["L1"]);
    expect(codesOfTitle("no secret lies in the clear (S4, S6)")).toEqual(["S4", "S6"]);
  });
  it("but not where it speaks of something else", () => {
    expect(codesOfTitle("one from SFTP, and one from the S3 server, are whole")).toEqual([]);
    expect(codesOfTitle("C2PA")).toEqual([]);
  });
});
