import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { disksPage } from "../../docs/generate/disks";

it("docs/disks.md is current; else run `npm run docs:disks`", () => {
  expect(readFileSync(join(__dirname, "../../docs/disks.md"), "utf8")).toBe(disksPage());
});
