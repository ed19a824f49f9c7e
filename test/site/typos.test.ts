import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readSite } from "../../site/description/parse";
import { formatProblem } from "../../site/description/problem";

const file = join(__dirname, "../../stacks/Pulumi.demo.yaml");
const demo = {
  ...parse(readFileSync(file, "utf8")).config["groundwork:site"],
  contacts: [{ name: "Ada Night", role: "on call" }],
};

type Path = (string | number)[];
// biome-ignore lint/suspicious/noExplicitAny: a document of any shape
const at = (document: any, path: Path) => path.reduce((inside, step) => inside[step], document);

/** Every key of a document, of lists those of their first entry. */
function keysOf(value: unknown, path: Path = []): [string, Path, string][] {
  if (Array.isArray(value)) return value.length > 0 ? keysOf(value[0], [...path, 0]) : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inside]) => [
    [[...path, key].join("."), path, key] as [string, Path, string],
    ...keysOf(inside, [...path, key]),
  ]);
}

function told(path: Path, change: (inside: Record<string, unknown>) => void): string[] {
  const site = structuredClone(demo);
  change(at(site, path));
  const result = readSite(site);
  return "problems" in result ? result.problems.map(formatProblem) : [];
}

const slips: [string, (key: string) => string][] = [
  ["two letters swapped", (key) => key.slice(0, -2) + key.slice(-1) + key.slice(-2, -1)],
  ["a letter left out", (key) => key.slice(0, 1) + key.slice(2)],
  ["a letter too much", (key) => `${key}e`],
  ["no capital", (key) => key.toLowerCase()],
];

describe.each(slips)("a key with %s", (_, slip) => {
  const long = keysOf(demo).filter(([, , key]) => key.length > 3 && slip(key) !== key);

  it.each(long)("%s", (_name, path, key) => {
    const said = told(path, (inside) => {
      inside[slip(key)] = inside[key];
      delete inside[key];
    });
    expect(said.join("\n")).toMatch(
      new RegExp(`\\b${slip(key)}: .*no such (setting|field|feature gate).*; did you mean ${key}\\?`),
    );
  });
});

describe("a value of another shape is told as what it is", () => {
  it.each([
    [
      "a word that is an object",
      ["hypervisor"],
      "kind",
      {},
      "hypervisor.kind: an object is none of its values; use vsphere or existing",
    ],
    [
      "a word that is nothing",
      ["hosts", 0, "devices", 0],
      "media",
      null,
      "hosts[0].devices[0].media: null is none of its values; use nvme, ssd or hdd",
    ],
    [
      "an unknown word",
      ["loadBalancer"],
      "kind",
      "nginx",
      'loadBalancer.kind: "nginx" is not possible; use haproxy, external or dns',
    ],
    [
      "a short text",
      ["contacts", 0],
      "name",
      "",
      "contacts[0].name: text of 0 characters is too short; use at least 3 characters",
    ],
    ["a list for a text", ["network"], "cidr", [], "network.cidr: an empty list is not a string; write a string"],
    ["an object for a list", [], "hosts", {}, "hosts: an object is not a list; write a list"],
    ["a fraction", ["workers", 0], "count", 1.5, "workers[0].count: 1.5 is not a whole number; write a whole number"],
  ] as [string, Path, string, unknown, string][])("%s", (_, path, key, value, says) => {
    expect(told(path, (inside) => Object.assign(inside, { [key]: value }))).toContain(says);
  });
});
