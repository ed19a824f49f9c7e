import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { readFleet } from "../../fleet/file/read";
import { fleetSites } from "../../fleet/file/sites";
import { readPool } from "../../fleet/pool/read";
import { formatProblem } from "../../site/description/problem";
import { meetingsIn } from "./meet";

const example = readFileSync(join(__dirname, "../../docs/examples/fleet/fleet.yaml"), "utf8");
const block = { kind: "block", cidr: "10.20.0.0/18", prefixLength: 24, except: ["10.20.0.0/24"] };

/** The descriptions of a fleet's sites, or its problems. */
function made(document: unknown, networks: readonly unknown[] = [block], given = {}) {
  const read = readFleet(document);
  if ("problems" in read) return { problems: read.problems.map(formatProblem) };
  const pool = readPool({ networks, given });
  if ("problems" in pool) return { problems: pool.problems.map(formatProblem) };
  const result = fleetSites(read.fleet, pool.pool, []);
  if ("problems" in result) return { problems: result.problems.map(formatProblem) };
  const sites = new Map(result.sites.map((site) => [site.name, site]));
  return {
    sites,
    texts: result.sites.map(({ description }) => stringify(description, { aliasDuplicateObjects: false })),
  };
}
/** The example, with something else in it. */
const changed = (from: string | RegExp, to: string) => parse(example.replace(from, to));

describe("a site of a fleet", () => {
  it("has what all have, over that what its groups have, and over that what is its own", () => {
    const { sites } = made(changed("  fulda-1:", "  fulda-1:\n    maintenance: {timeZone: UTC}"));
    expect(sites?.get("porto-3")?.description).toMatchObject({
      name: "porto-3",
      hypervisor: { cluster: "porto-3", template: "groundwork-node" },
      workers: [{ count: 3, cpus: 8 }],
      backup: { targets: [{ endpoint: "https://backup-porto.example", prefix: "porto-3/" }] },
    });
    expect(sites?.get("fulda-1")?.description.network).toMatchObject({
      cidr: "10.20.1.0/24",
      apiVip: "10.20.1.5",
      nameservers: ["10.20.1.1"],
    });
    expect(sites?.get("fulda-1")?.given).toBeUndefined();
    expect(sites?.get("fulda-2")?.given).toEqual({ cidr: "10.20.2.0/24" });
  });

  it("takes out what is null, and replaces what is of another kind", () => {
    const { sites } = made(
      changed(
        "  fulda-2:\n    labels: {country: germany, town: fulda, size: medium}\n    settings:",
        "  fulda-2:\n    labels: {country: germany, town: fulda, size: medium}\n    settings:\n" +
          "      backup: null\n      loadBalancer: {kind: external, endpoint: lb.example}",
      ),
    );
    expect(sites?.get("fulda-2")?.description).not.toHaveProperty("backup");
    const { sites: others } = made({
      ...parse(example),
      defaults: { ...parse(example).defaults, loadBalancer: { kind: "haproxy", count: 3 } },
      groups: {
        large: { labels: { size: "large" }, settings: { loadBalancer: { kind: "dns", endpoint: "api.example" } } },
      },
    });
    expect(others?.get("kassel-3")?.description.loadBalancer).toEqual({ kind: "dns", endpoint: "api.example" });
    expect(others?.get("kassel-2")?.description.loadBalancer).toEqual({ kind: "haproxy", count: 3 });
  });

  it("keeps what the pool gave it, whoever comes before it", () => {
    const { sites } = made(parse(example), [block], { "braga-2": { cidr: "10.20.2.0/24", macSeed: "braga-2/7" } });
    expect(sites?.get("braga-2")?.description).toMatchObject({
      network: { cidr: "10.20.2.0/24" },
      hypervisor: { macSeed: "braga-2/7" },
    });
    expect(sites?.get("fulda-2")?.given?.cidr).toBe("10.20.3.0/24");
  });
});

describe("no two sites of a fleet meet", () => {
  it("in the example", () => {
    const { texts } = made(parse(example));
    expect(texts).toHaveLength(12);
    expect(meetingsIn(texts ?? [])).toEqual([]);
  });

  it("in fleets at random: those that do are refused, the others do not", () => {
    const { defaults, sites: all } = parse(example);
    const hosts = all["fulda-2"].settings.hosts;
    const site = fc.record({
      network: fc.option(fc.constantFrom(...Array.from({ length: 5 }, (_, i) => `10.20.${i}.0/24`)), {
        nil: undefined,
      }),
    });
    const networks = fc.constantFrom(
      [{ ...block, cidr: "10.20.0.0/22", except: [] }],
      [{ kind: "segment", cidr: "10.20.4.0/23", gateway: "10.20.4.1", addresses: 64 }],
      [
        { ...block, cidr: "10.20.0.0/23", except: [] },
        { kind: "segment", cidr: "10.20.4.0/22", gateway: "10.20.4.1", addresses: 128 },
      ],
    );
    let refused = 0;
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(site, { minLength: 1, maxLength: 5 }), networks, (listed, pool) => {
        const sites = Object.fromEntries(
          listed.map((one, i) => [`s-${i}`, JSON.parse(JSON.stringify({ ...one, settings: { hosts } }))]),
        );
        const named = listed.flatMap(({ network }) => network ?? []);
        const { texts, problems = [] } = made({ defaults, sites }, pool);
        if (texts) {
          accepted++;
          expect(meetingsIn(texts)).toEqual([]);
          expect(new Set(named).size).toBe(named.length);
        } else {
          refused++;
          expect(
            problems.every((line) => /exhausted|10\.20\.\d\.\d+ (of|and|is)|of these addresses|overlaps/.test(line)),
          ).toBe(true);
        }
      }),
      { numRuns: 15, seed: 7 },
    );
    expect(Math.min(refused, accepted)).toBeGreaterThan(1);
  });
});

describe("a fleet's file is refused by the path in it:", () => {
  it.each([
    [
      "a label that is none",
      ["{size: small}\n    settings", "{sice: small}\n    settings"],
      "groups.small.labels.sice: there is no such label; did you mean size?",
    ],
    [
      "a value that is none",
      ["town: bebra, size: small", "town: bebre, size: small"],
      'sites.bebra-1.labels.town: "bebre" is no value of this label; did you mean bebra?',
    ],
    [
      "a mistyped setting of all, once",
      ["kubernetes:", "kubernets:"],
      "defaults.kubernets: no such setting (in fulda-1 and 11 more); did you mean kubernetes?",
    ],
    [
      "one of a group, once",
      ["count: 3, cpus: 8", "count: 3, cpu: 8"],
      "groups.large.settings.workers[0].cpu: no such setting (in kassel-3 and 1 more); did you mean cpus?",
    ],
    [
      "one of a site",
      ["id: naa.311", "ids: naa.311"],
      "sites.kassel-1.settings.hosts[0].devices[0].ids: no such setting",
    ],
    [
      "a missing one, of all",
      ["    gateway: 10.20.0.1\n", ""],
      "defaults.network.gateway: it is missing (in fulda-1 and 11 more)",
    ],
    [
      "a name that is written twice over",
      ["defaults:", "defaults:\n  name: x"],
      "defaults.name: a site's name is its key in sites",
    ],
    [
      "a label that a text needs",
      ['cluster: "{name}"', 'cluster: "{labels.street}"'],
      "defaults.hypervisor.cluster: {labels.street} is not known: fulda-1 has no label street",
    ],
    ["a zone that is none", ["Europe/Lisbon", "Europe/Lissabon"], "use a name of the time zone database"],
    ["a time that is none", ['from: "01:00"', 'from: "25:00"'], 'maintenance.windows[0].from: "25:00" is not valid'],
    ["networks that overlap", ["10.20.1.0/24 #", "10.20.2.0/23 #"], "exhausted"],
    ["a key that is none", ["sites:\n", "sits: {}\nsites:\n"], "sits: no such setting; did you mean sites?"],
  ] as [string, [string, string], string][])("%s", (what, [from, to], expected) => {
    const pool = what === "networks that overlap" ? [{ ...block, cidr: "10.20.0.0/21" }] : undefined;
    const { problems } = made(changed(from, to), pool);
    expect(problems?.join("\n")).toContain(expected);
  });

  it("the same network twice", () => {
    const twice = changed("  fulda-2:", "  fulda-2:\n    network: 10.20.1.0/24");
    expect(made(twice).problems?.[0]).toMatch(/^sites.fulda-2 network.machines: some of these addresses are fulda-1's/);
  });

  it("one that contains itself, and one that is no fleet", () => {
    const itself: Record<string, unknown> = { sites: { a: {} } };
    (itself as { defaults?: unknown }).defaults = itself;
    expect(made(itself).problems).toEqual(["defaults: it contains itself; write the value out"]);
    expect(made([]).problems?.[0]).toContain("is not an object");
    expect(made({ sites: {} }).problems).toEqual(["sites: there is none; name a site"]);
    expect(made({ version: 2, sites: { a: {} } }).problems?.[0]).toContain("version");
  });
});
