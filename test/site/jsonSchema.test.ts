import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { siteJsonSchema, stackJsonSchema } from "../../cli/schema";

const file = (name: string) => JSON.parse(readFileSync(join(__dirname, "../../docs", name), "utf8"));

test("docs/site.schema.json is what `groundwork schema` prints", () => {
  expect(file("site.schema.json")).toEqual(JSON.parse(siteJsonSchema()));
});

test("docs/stack.schema.json is what `groundwork schema --stack` prints", () => {
  expect(file("stack.schema.json")).toEqual(JSON.parse(stackJsonSchema()));
});
