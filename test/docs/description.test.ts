import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { descriptionPage, type Schema, settingsOf, typeOf } from "../../docs/generate/description";

it("docs/description.md is current; else run `npm run docs:description`", () => {
  expect(readFileSync(join(__dirname, "../../docs/description.md"), "utf8")).toBe(descriptionPage());
});

describe("a type in words", () => {
  it.each([
    [{ type: "integer", minimum: 1, maximum: 9 }, "integer, 1 to 9"],
    [{ type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, "integer, 0 or more"],
    [{ type: "number", exclusiveMinimum: 0, maximum: 5 }, "number, above 0, up to 5"],
    [{ enum: ["ssd", "hdd"] }, "`ssd`, `hdd`"],
    [{ type: "array", items: { type: "string", format: "ipv4" }, maxItems: 16 }, "list of IPv4 address, up to 16"],
    [{ type: "array", prefixItems: [{ type: "string" }, { type: "string" }], items: false }, "list of 2 of text"],
    [{ anyOf: [{ type: "integer" }, { type: "object" }] }, "integer or settings"],
  ])("%j", (schema, words) => expect(typeOf(schema)).toBe(words));
});

it("settings are listed by path, with the kind that has them, and whether they are required", () => {
  const schema: Schema = {
    required: ["target"],
    properties: {
      target: {
        oneOf: [
          { required: ["kind", "host"], properties: { kind: { const: "sftp" }, host: { type: "string" } } },
          { properties: { kind: { const: "s3" }, port: { type: "integer", default: 443, description: "Its port." } } },
        ],
      },
    },
  };
  expect([...settingsOf(schema, "")]).toEqual([
    { path: "`target`", type: "settings", default: "required", meaning: "" },
    { path: "`target.kind` (sftp)", type: "`sftp`", default: "required", meaning: "" },
    { path: "`target.host` (sftp)", type: "text", default: "required", meaning: "" },
    { path: "`target.kind` (s3)", type: "`s3`", default: "", meaning: "" },
    { path: "`target.port` (s3)", type: "integer", default: "`443`", meaning: "Its port." },
  ]);
});
