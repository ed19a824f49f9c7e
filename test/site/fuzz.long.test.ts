import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { readSite } from "../../site/description/parse";
import { formatProblem } from "../../site/description/problem";
import { kubernetesMinor, NEWEST_MINOR } from "../../site/description/versions";
import { sought } from "../support/searches";
import { host, site, threeHosts } from "../support/sites";
import { sites } from "./generate";

vi.setConfig({ testTimeout: 600_000 });

const NASTY = [
  "",
  " ",
  "../../etc/passwd",
  "$(reboot)",
  "`id`",
  "a; rm -rf /",
  "a\nb",
  "a\u0000b",
  "\u202etxt",
  "名前",
  "😀",
  "__proto__",
  "constructor",
  "-rf",
  "'",
  '"',
  "<script>",
  "%s%n",
  "esx-1",
  "A".repeat(10_000),
  "10.0.42.999",
  "0.0.0.0/0",
  "::1",
  "999.1.1.1-1.1.1.1",
  null,
  true,
  -1,
  0,
  0.5,
  1e308,
  -1e308,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.MAX_SAFE_INTEGER,
  4,
  [],
  {},
  [[]],
  { a: { b: [] } },
  Symbol("s"),
  () => 1,
  new Date(0),
  10n,
];

type Path = (string | number)[];

/** Every place in a document. */
function places(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([key, v]) => places(v, [...path, Array.isArray(value) ? Number(key) : key])),
  ];
}

function put(document: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (typeof document !== "object" || document === null) return document;
  const copy: Record<string | number, unknown> = Array.isArray(document) ? ([...document] as never) : { ...document };
  copy[key] = put(copy[key], rest, value);
  return copy;
}

function drop(document: unknown, path: Path): unknown {
  const [key, ...rest] = path;
  if (typeof document !== "object" || document === null || key === undefined) return undefined;
  const copy: Record<string | number, unknown> = Array.isArray(document) ? ([...document] as never) : { ...document };
  if (rest.length > 0) copy[key] = drop(copy[key], rest);
  else delete copy[key];
  return copy;
}

function judged(document: unknown): "refused" | "read" {
  const result = readSite(document);
  if ("spec" in result) return "read";
  expect(result.problems.length).toBeGreaterThan(0);
  for (const problem of result.problems) {
    expect(problem.fact).not.toBe("");
    expect(problem.fix).not.toBe("");
    expect(formatProblem(problem)).toMatch(/^[\x20-\x7e\u2026]+: .+; .+$/);
    expect(formatProblem(problem).length).toBeLessThan(1000);
  }
  return "refused";
}

describe("ten thousand hostile documents are refused with path, fact and fix, or are sites after all", () => {
  const generated = sites({ hosts: { min: 1, max: 4 } });

  test("one value replaced", () => {
    let refused = 0;
    fc.assert(
      fc.property(generated, fc.nat(), fc.constantFrom(...NASTY), (input, at, value) => {
        const all = places(input);
        if (judged(put(input, all[at % all.length] ?? [], value)) === "refused") refused++;
      }),
      { numRuns: sought(6000), seed: 7 },
    );
    expect(refused).toBeGreaterThan(sought(4500));
  });

  test("one value removed, or another one added", () => {
    fc.assert(
      fc.property(generated, fc.nat(), fc.string(), fc.boolean(), (input, at, name, remove) => {
        const all = places(input);
        const path = all[at % all.length] ?? [];
        if (remove) return void judged(drop(input, path));
        const verdict = judged(put(input, [...path.slice(0, -1), `x${name}`], 1));
        if (typeof path.at(-1) === "string") expect(verdict).toBe("refused");
      }),
      { numRuns: sought(2000), seed: 8 },
    );
  });

  test("anything at all", () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withNullPrototype: true }),
        (document) => {
          expect(judged(document)).toBe("refused");
        },
      ),
      { numRuns: sought(2500), seed: 9 },
    );
  });
});

describe("a document that no schema can look at", () => {
  test("contains itself", () => {
    const document: Record<string, unknown> = { ...site(threeHosts) };
    document.kubernetes = { version: kubernetesMinor(NEWEST_MINOR).tested, kubelet: document };
    expect(readSite(document)).toMatchObject({
      problems: [{ path: "kubernetes.kubelet", fact: "it contains itself" }],
    });
  });

  test("is nested a hundred thousand levels deep", () => {
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = { deep };
    expect(judged(deep)).toBe("refused");
  });

  test("has a million values", () => {
    expect(judged({ hosts: Array.from({ length: 1_000_000 }, () => 1) })).toBe("refused");
  });

  test("has prototype keys", () => {
    expect(judged(JSON.parse('{"__proto__": {"name": "x"}, "constructor": 1}'))).toBe("refused");
    expect({}).not.toHaveProperty("name");
  });
});

test("all mistakes are told at once, each with its place and its mend", () => {
  const input = {
    ...site([host("esx-1"), host("esx-1")], {
      network: {
        cidr: "10.0.42.0/24",
        gateway: "10.0.43.1",
        apiVip: "10.0.44.5",
        machines: "10.0.42.60-10.0.42.10",
        podCidr: "10.0.0.0/16",
      },
    }),
  };
  const result = readSite(input);
  expect("problems" in result && result.problems.map(formatProblem)).toMatchInlineSnapshot(`
    [
      "hosts[1].name: host esx-1 is already named at hosts[0].name; name each host once",
      "hosts[1].devices[0].id: device dev.esx-1-1 is already named at hosts[0].devices[0].id; list a device once; storage that several hosts see belongs in sharedStorage",
      "hosts[1].devices[0].datastore: datastore esx-1-a is already named at hosts[0].devices[0].datastore; a datastore lies on one device; give each its own name",
      "hosts[1].devices[1].id: device dev.esx-1-2 is already named at hosts[0].devices[1].id; list a device once; storage that several hosts see belongs in sharedStorage",
      "hosts[1].devices[1].datastore: datastore esx-1-b is already named at hosts[0].devices[1].datastore; a datastore lies on one device; give each its own name",
      "network.gateway: 10.0.43.1 is outside 10.0.42.0/24; use an address of 10.0.42.0/24",
      "network.machines: 10.0.42.60-10.0.42.10 runs backwards; write the lower address first",
      "network.apiVip: 10.0.44.5 is outside 10.0.42.0/24; use a free address of 10.0.42.0/24",
      "network.podCidr: 10.0.0.0/16 overlaps network.cidr 10.0.42.0/24; use blocks that do not overlap",
    ]
  `);
  const malformed = readSite({
    ...input,
    etcd: { members: "three", colour: "red" },
    hosts: [],
    surprise: 1,
    name: "Shop",
  });
  expect("problems" in malformed && malformed.problems.map(formatProblem)).toMatchInlineSnapshot(`
    [
      "name: "Shop" is not valid; use lower-case letters, digits and hyphens, starting with a letter",
      "hosts: an empty list is too small; use at least 1 entry",
      "etcd.members: "three" is not a number; write a number",
      "etcd.colour: no such setting; remove it or correct its name",
      "surprise: no such setting; remove it or correct its name",
    ]
  `);
});
