import { describe, expect, it } from "vitest";
import { changedLines, saidLines } from "../../../cli/report/lines";

const said = (from: string, to: string) => {
  const lines = changedLines(from, to);
  return lines && saidLines(lines);
};

describe("a changed text of several lines", () => {
  it("is told by the lines that differ", () => {
    expect(said("set -u\nNODES='a b'\napply\n", "set -u\nNODES='a b c'\napply\n")).toEqual({
      summary: "1 line new, 1 line gone",
      lines: ["- NODES='a b'", "+ NODES='a b c'"],
    });
    expect(said("one\ntwo", "one\n  again\ntwo\nagain")).toEqual({
      summary: "2 lines new",
      lines: ["+ again", "+ again"],
    });
    expect(said("one\ntwo\ntwo", "two\none")).toEqual({ summary: "1 line gone", lines: ["- two"] });
  });

  it("may only be in another order", () => {
    expect(said("one\ntwo", "two\none")).toEqual({ summary: "the same lines in another order", lines: [] });
  });

  it("is cut to where long lines differ, and to a few lines", () => {
    const long = (last: string) => `set -u\nNODES='${"x".repeat(500)} ${last}'`;
    const [gone, come] = said(long("a"), long("b"))?.lines ?? [];
    expect(gone).toMatch(/^- …x+ a'$/);
    expect(come).toMatch(/^\+ …x+ b'$/);
    expect(gone?.length).toBeLessThan(110);
    expect(said("one\ntwo", `one\ntwo\n${"more\n".repeat(9)}`)?.lines).toEqual([
      ..."+ more,".repeat(4).split(",").slice(0, 4),
      "+ … 5 more",
    ]);
  });

  it("is none where one of the two is a line, or unknown", () => {
    expect(said("one", "one\ntwo")).toBeUndefined();
    expect(changedLines(undefined, "one\ntwo")).toBeUndefined();
    expect(changedLines("one\n", "two\n")).toBeUndefined();
  });
});
