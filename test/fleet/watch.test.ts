import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { Findings } from "../../cli/fleet/findings";
import { post } from "../../cli/fleet/webhook";
import { readFleet } from "../../fleet/file/read";
import type { DrillNights, Fleet } from "../../fleet/file/schema";
import { drillProblems, drillsOf, nightOf } from "../../fleet/watch/drills";
import { drillAddresses } from "../../fleet/watch/place";
import type { Finding } from "../../fleet/watch/work";

const folder = mkdtempSync(join(tmpdir(), "groundwork-watch-"));
afterAll(() => rmSync(folder, { recursive: true }));

const nights = (more: Partial<DrillNights> = {}): DrillNights => ({
  from: "01:00",
  everyDays: 30,
  machines: "10.20.0.200-10.20.0.220",
  apiVip: "10.20.0.6",
  ...more,
});

describe("drills", () => {
  it("come to each site once in so many days, and never to two of one group in a night", () => {
    const fleets = fc.record({
      towns: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 }),
      everyDays: fc.integer({ min: 20, max: 120 }),
      from: fc.integer({ min: 0, max: 40_000 }),
    });
    fc.assert(
      fc.property(fleets, ({ towns, everyDays, from }) => {
        const sites = towns.flatMap((count, town) =>
          Array.from({ length: count }, (_, i) => ({ name: `s-${town}-${i}`, labels: { town: `t-${town}` } })),
        );
        const drills = nights({ everyDays, notTogether: "town" });
        expect(drillProblems(sites, drills)).toEqual([]);
        const often = new Map<string, number>();
        for (let night = from; night < from + everyDays; night++) {
          const tonight = drillsOf(sites, drills, night);
          const of = tonight.map((name) => name.split("-")[1]);
          expect(new Set(of).size).toBe(of.length);
          for (const name of tonight) often.set(name, (often.get(name) ?? 0) + 1);
        }
        expect([...often.values()].every((count) => count === 1)).toBe(true);
        expect(often.size).toBe(sites.length);
      }),
      { numRuns: 50 },
    );
  });

  it("of a group that is larger than its nights are refused, and those without a group are spread", () => {
    const sites = Array.from({ length: 40 }, (_, i) => ({ name: `s-${i}`, labels: { town: "fulda" } }));
    expect(drillProblems(sites, nights({ notTogether: "town" }))).toEqual([
      {
        path: "watch.drills.everyDays",
        fact: "40 sites of town fulda do not have 30 nights of their own",
        fix: "use 40 or more",
      },
    ]);
    expect(drillProblems(sites, nights())).toEqual([]);
    const all = Array.from({ length: 30 }, (_, night) => drillsOf(sites, nights(), night));
    expect(all.flat()).toHaveLength(40);
    expect(Math.max(...all.map(({ length }) => length))).toBe(2);
  });

  it("belong to the night of the site's own clock", () => {
    const at = Date.parse("2026-10-20T23:30:00Z");
    expect(nightOf(at, "Europe/Berlin")).toBe(nightOf(at) + 1);
  });

  const fleetWith = (drills: object, defaults: object = { network: { cidr: "10.20.0.0/24" } }): Fleet => {
    const read = readFleet({ defaults, watch: { drills: { ...nights(), ...drills } }, sites: { a: {} } });
    if ("problems" in read) throw new Error(JSON.stringify(read.problems));
    return read.fleet;
  };

  it("have the same place in each site's network", () => {
    expect(drillAddresses(fleetWith({}), "10.20.7.0/24")).toEqual({
      machines: "10.20.7.200-10.20.7.220",
      apiVip: "10.20.7.6",
    });
  });

  it.each([
    [{}, undefined, "10.20.7.0/26", "10.20.0.200-10.20.0.220 has no place in 10.20.7.0/26"],
    [{}, {}, "10.20.7.0/24", "it is missing, and drills lie in it"],
  ])("that have none are refused: %j", (drills, defaults, cidr, fact) => {
    const place = drillAddresses(fleetWith(drills, defaults), cidr);
    expect("problems" in place && place.problems[0]?.fact).toBe(fact);
  });
});

describe("what was found", () => {
  const finding = (site: string, is: Finding["is"], ...what: string[]): Finding => ({
    site,
    at: "2026-11-28T04:00:00.000Z",
    is,
    what,
  });

  it("is news when it is other than at the last look, and is kept for its owner alone", () => {
    const file = join(folder, "state/demo.json");
    const kept = new Findings(file);
    expect(kept.keep([finding("a", "as described"), finding("b", "found", "x"), finding("c", "unseen", "y")])).toEqual([
      finding("b", "found", "x"),
      finding("c", "unseen", "y"),
    ]);
    expect(kept.keep([finding("b", "found", "x"), finding("c", "as described")])).toEqual([
      finding("c", "as described"),
    ]);
    expect(Object.keys(kept.read().findings)).toEqual(["a", "b", "c"]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    kept.answered("hooks.example answers 500");
    expect(kept.read().untold?.why).toBe("hooks.example answers 500");
    kept.answered();
    expect(kept.read().untold).toBeUndefined();
    writeFileSync(file, "half");
    expect(kept.read().findings).toEqual({});
  });

  it("goes to a webhook, whose refusals name its host and nothing secret", async () => {
    const bodies: string[] = [];
    let status = 204;
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        bodies.push(body);
        response.writeHead(status, status === 302 ? { location: "http://127.0.0.1:9/" } : {}).end("x");
      });
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/hooks/of-nobody-else`;
    const refused = (to: string) =>
      post(to, "demo", []).then(
        () => "",
        (error: Error) => error.message,
      );
    try {
      await post(url, "demo", [
        finding("a", "found", "x", "y"),
        finding("b", "unseen", "z"),
        finding("c", "as described"),
      ]);
      expect(JSON.parse(bodies[0] ?? "")).toMatchObject({
        version: 1,
        project: "demo",
        text: "a: x; y\nb: it could not be looked at: z\nc: as described again",
        findings: [{ site: "a" }, { site: "b" }, { site: "c" }],
      });
      status = 500;
      expect(await refused(url)).toBe(`127.0.0.1:${port} answers 500`);
      status = 302;
      expect(await refused(url)).not.toContain("of-nobody-else");
      expect(await refused("http://127.0.0.1:9/of-nobody-else")).toMatch(/^127\.0\.0\.1:9 does not answer \(/);
      expect(await refused("of-nobody-else")).not.toContain("of-nobody-else");
    } finally {
      server.close();
    }
  });
});
