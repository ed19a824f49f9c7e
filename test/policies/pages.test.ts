import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { repository } from "../../lab/toolchain/artifact";
import { pages } from "../../policies/pages";

const folder = join(repository, "docs/policies");

it("the committed pages are those of the rules; else run `npm run docs:policies`", () => {
  const committed = Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );
  expect(committed).toEqual(Object.fromEntries(pages("../requirements.md")));
});
