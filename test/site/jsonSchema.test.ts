import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { fleetJsonSchema, poolJsonSchema, siteJsonSchema, stackJsonSchema } from "../../cli/schema/command";

const root = join(__dirname, "../..");
const file = (name: string) => JSON.parse(readFileSync(join(root, "docs", name), "utf8"));

test("docs/site.schema.json is what `groundwork schema` prints", () => {
  expect(file("site.schema.json")).toEqual(JSON.parse(siteJsonSchema()));
});

test("docs/stack.schema.json is what `groundwork schema --stack` prints", () => {
  expect(file("stack.schema.json")).toEqual(JSON.parse(stackJsonSchema()));
});

test.each([
  ["fleet.schema.json", fleetJsonSchema],
  ["pool.schema.json", poolJsonSchema],
])("docs/%s is what `groundwork schema` prints, and every setting says what it is", (name, schema) => {
  expect(file(name)).toEqual(JSON.parse(schema()));
  const all = [...settings(file(name), name)];
  expect(all.length).toBeGreaterThan(10);
  expect(all.filter(([, { description }]) => !/^\S.{5,}\.$/.test(description ?? "")).map(([path]) => path)).toEqual([]);
});

interface Schema {
  description?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
}

/** Every setting of a schema by its path. */
function* settings(schema: Schema, path: string): Generator<[string, Schema]> {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    yield [`${path}.${name}`, property];
    yield* settings(property, `${path}.${name}`);
  }
  for (const choice of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) yield* settings(choice, path);
  if (schema.items) yield* settings(schema.items, `${path}[]`);
  if (typeof schema.additionalProperties === "object") yield* settings(schema.additionalProperties, `${path}.*`);
}

describe("an editor completes with help", () => {
  test("every setting says what it is", () => {
    const all = [...settings(file("site.schema.json"), "site")];
    expect(all.length).toBeGreaterThan(120);
    expect(all.filter(([, { description }]) => !/^\S.{8,}\.$/.test(description ?? "")).map(([path]) => path)).toEqual(
      [],
    );
  });

  test.each(["stacks", "docs/examples"])(
    "every file of %s names the schema in its first line, and it is there",
    (folder) => {
      const files = readdirSync(join(root, folder)).filter((name) => name.endsWith(".yaml"));
      expect(files.length).toBeGreaterThan(1);
      for (const name of files) {
        const [first = ""] = readFileSync(join(root, folder, name), "utf8").split("\n");
        const schema =
          /^# yaml-language-server: \$schema=(\S+\.schema\.json)$/.exec(first)?.[1] ?? `no schema in ${name}`;
        expect(JSON.parse(readFileSync(join(root, folder, schema), "utf8"))).toHaveProperty("properties");
        expect(dirname(join(root, folder, schema))).toBe(join(root, "docs"));
      }
    },
  );
});
