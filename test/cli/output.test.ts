import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeWhole } from "../../cli/output/file";

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "groundwork-output-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a file that a person named", () => {
  it("is written whole, and leaves nothing beside it", () => {
    writeWhole(at("plan.json"), "old");
    writeWhole(at("plan.json"), "new");
    expect(readFileSync(at("plan.json"), "utf8")).toBe("new");
    expect(readdirSync(folder)).toEqual(["plan.json"]);
  });

  it("keeps what was there if it cannot be written", () => {
    symlinkSync("/dev/full", at("plan.json.tmp"));
    expect(() => writeWhole(at("plan.json"), "newer")).toThrow(
      /plan\.json: its disk has no space left; make room there/,
    );
    expect(readFileSync(at("plan.json"), "utf8")).toBe("new");
    expect(readdirSync(folder)).toEqual(["plan.json"]);
  });

  it("may be a link, which stays one, and a terminal or a pipe, which is written to", () => {
    symlinkSync(at("plan.json"), at("link"));
    writeWhole(at("link"), "through");
    expect(readFileSync(at("plan.json"), "utf8")).toBe("through");
    writeWhole("/dev/null", "nobody reads this");
    expect(existsSync("/dev/null.tmp")).toBe(false);
  });

  it.each([
    ["in no folder", () => at("none/plan.json"), /: its folder is not there; make it, or name another file$/],
    ["a folder", () => folder, /: it is a folder; name a file$/],
    ["on a disk that is full", () => "/dev/full", /^\/dev\/full: its disk has no space left; make room there/],
    [
      "below a file",
      () => {
        writeFileSync(at("file"), "");
        return at("file/plan.json");
      },
      /: its folder is not there; make it/,
    ],
  ])("is told if it is %s", (_, file, told) => {
    expect(() => writeWhole(file(), "text")).toThrow(told);
  });
});
