import { expect, test } from "vitest";
import { content, fill, secretsIn } from "../../site/render/content";
import { merged } from "../../site/render/yaml";

test("holes are filled as they ask: as text, in base64, as a JSON string", () => {
  const text = content`a: ${{ secret: "key/x" }} b: ${{ secret: "key/x", encoding: "base64" }} c: ${{ secret: "certificate/y", encoding: "json" }}`;
  expect(secretsIn(text)).toEqual(["key/x", "certificate/y"]);
  expect(fill(text, (ref) => `${ref}\n`)).toBe('a: key/x\n b: a2V5L3gK c: "certificate/y\\n"');
});

test("content goes into content", () => {
  const inner = content`<${{ secret: "key/x" }}>`;
  expect(content`(${inner}${"!"})`).toEqual(["(<", { secret: "key/x" }, ">!)"]);
});

test("settings of a site's own are merged field by field, lists are replaced, null removes", () => {
  const base = { a: { x: 1, y: [1, 2] }, b: true, c: "gone" };
  expect(merged(base, { a: { y: [3] }, c: null, d: 4 })).toEqual({ a: { x: 1, y: [3] }, b: true, d: 4 });
  expect(base.c).toBe("gone");
});
