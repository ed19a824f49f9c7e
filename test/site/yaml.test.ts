import { expect, test } from "vitest";
import { parse } from "yaml";
import { yaml } from "../../site/render/yaml";

const words = ["on", "Off", "yes", "NO", "y", "n", "~", "1:30", "0o17", "1_000", "012", "2024-01-01", ".inf", "0b11"];

test.each(words)("the text %s stays text for parsers of YAML 1.1 and of 1.2, as a value and as a key", (word) => {
  const text = yaml({ value: word, list: [word], [word]: 1 });
  for (const version of ["1.1", "1.2"] as const)
    expect(parse(text, { version })).toEqual({ value: word, list: [word], [word]: 1 });
});

test("what is in no danger has no quotes, and what is no text stays what it is", () => {
  expect(yaml({ mode: "ipvs", on: true, count: 3, name: "shop-etcd-a", address: "10.0.42.5" })).toBe(
    'mode: ipvs\n"on": true\ncount: 3\nname: shop-etcd-a\naddress: 10.0.42.5\n',
  );
});
