import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Findings } from "../../cli/fleet/findings";
import { type Ask, overviewOf } from "../../cli/fleet/overview";
import { overviewPage } from "../../cli/fleet/overviewPage";
import { overviewText } from "../../cli/fleet/overviewText";
import { render } from "../../cli/fleet/render";
import { fleetStatus } from "../../cli/fleet/status";
import { projectIn } from "../../cli/report/project";
import { noSiteIn } from "../../cli/stack/state";
import type { Status } from "../../cli/status/model";
import { inOrder, type SiteLine, sentence } from "../../fleet/overview/model";

const folder = mkdtempSync(join(tmpdir(), "groundwork-fleet-status-"));
beforeAll(() => {
  cpSync(join(__dirname, "../../docs/examples/fleet"), folder, { recursive: true });
  render({ project: folder }, () => {});
  mkdirSync(join(folder, "drills"));
  const drill = { time: "2026-05-31T12:00:00Z", passed: true, rpoSeconds: 23, rtoSeconds: 300 };
  writeFileSync(join(folder, "drills/bebra-1.json"), JSON.stringify(drill));
});
afterAll(() => rmSync(folder, { recursive: true }));

const status = (stack: string, more: Partial<Status> = {}): Status => ({
  version: 1,
  site: stack,
  stack,
  at: "2026-06-01T00:00:00Z",
  well: true,
  isBroughtUp: true,
  needs: [],
  notes: [],
  machines: [],
  members: [],
  kubernetes: ["v1.37.2"],
  etcd: ["3.7.3"],
  alone: { until: "2028-06-01T00:00:00Z", first: "etcd-peer", days: 731 },
  backup: "60 min old",
  drill: "never",
  fatal: [],
  ...more,
});

/** Sites as they answer: one with needs, one that is not up, one whose state is locked away, one that takes its time. */
const answers: Ask = async (_project, stack) => {
  if (stack === "kassel-1") throw noSiteIn({ folder, stack, env: {} });
  if (stack === "kassel-2") throw new Error("the passphrase is wrong \u001b[31m");
  if (stack === "porto-1")
    return status(stack, {
      well: false,
      needs: [
        { what: "etcd has no majority", run: "power on its machines" },
        { what: "the API does not answer", run: "see docs/operator.md" },
      ],
      fatal: [{ kind: "host", id: "a", costs: "data" }],
    });
  await new Promise((resolve) => setTimeout(resolve, 5));
  return status(stack);
};
/** What `fleet watch` found, not of whoever runs this. */
const watched = new Findings(join(folder, "watched.json"));
const asked = (sites: string[] = [], parallel = 3) =>
  overviewOf(projectIn(folder), { sites, parallel, ask: answers, watched });

describe("a fleet's sites", () => {
  it("are all told, what needs a person first, and one that cannot be asked is a line as well", async () => {
    const overview = await asked();
    expect(overview.sites).toHaveLength(12);
    expect(overview.sites.slice(0, 4).map(({ stack, state }) => `${stack}: ${state}`)).toEqual([
      "porto-1: needs a person",
      "kassel-2: unseen",
      "kassel-1: not up",
      "bebra-1: well",
    ]);
    expect(sentence(overview.sites)).toBe("12 sites: 1 needs a person, 1 cannot be seen, 1 is not up, 9 are well");
    const text = overviewText(overview);
    expect(text).toContain("  porto-1: etcd has no majority, and 1 more\n      power on its machines\n");
    expect(text).toContain("kassel-2: the passphrase is wrong");
    expect(text).not.toContain("\u001b");
    expect(text).toMatch(/bebra-1 +well .*2028-06-01 +60 min old +2026-05-31 passed, RPO 23 s, RTO 5 min/);
  });

  it("need a person where the last look found something, until a look does not, and tell a webhook that refuses", async () => {
    const at = "2026-06-01T04:00:00.000Z";
    watched.keep([
      { site: "bebra-1", at, is: "found", what: ["etcd-a was changed by hand: disks[1].datastoreId", "another"] },
      { site: "porto-1", at, is: "found", what: ["etcd has no majority"] },
      { site: "kassel-3", at, is: "unseen", what: ["its program broke"] },
    ]);
    watched.answered("hooks.example answers 500");
    const overview = await asked();
    expect(overview.sites.find(({ stack }) => stack === "bebra-1")).toMatchObject({
      state: "needs a person",
      watched: at,
      needs: [{ what: "found on 2026-06-01 04:00: etcd-a was changed by hand: disks[1].datastoreId, and 1 more" }],
    });
    // What is seen now is not told twice, and what could not be looked at says nothing of the site.
    expect(overview.sites.find(({ stack }) => stack === "porto-1")?.needs).toHaveLength(2);
    expect(overview.sites.find(({ stack }) => stack === "kassel-3")?.state).toBe("well");
    expect(overviewText(overview)).toMatch(
      /The webhook was not told on .*: hooks\.example answers 500; it is tried again/,
    );
    expect(overviewPage(overview)).toContain("hooks.example answers 500");
    watched.answered();
    watched.keep(["bebra-1", "porto-1", "kassel-3"].map((site) => ({ site, at, is: "as described", what: [] })));
    expect((await asked()).sites.find(({ stack }) => stack === "bebra-1")?.state).toBe("well");
  });

  it("are chosen by label, and a label that there is not is told with what is meant", async () => {
    const labels = new Set(
      (await asked()).sites.flatMap(({ labels }) => Object.entries(labels).map(([l, v]) => `${l}=${v}`)),
    );
    const [label = ""] = labels;
    const some = await asked([label]);
    expect(some.sites.length).toBeGreaterThan(0);
    for (const site of some.sites) expect(Object.entries(site.labels).map(([l, v]) => `${l}=${v}`)).toContain(label);
    await expect(asked(["twon=fulda"])).rejects.toThrow("--sites.twon");
  });

  it("that are not there are not well: a fleet that was never rendered is told so", async () => {
    const empty = join(__dirname, "../../docs/examples/fleet");
    await expect(fleetStatus({ project: empty, sites: [], parallel: 1 })).rejects.toThrow(
      "no stack file describes a site; run `npx groundwork fleet render`",
    );
  });

  it("are asked so many at once and no more", async () => {
    let [now, most] = [0, 0];
    await overviewOf(projectIn(folder), {
      sites: [],
      parallel: 3,
      watched,
      ask: async (_project, stack) => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 5));
        now--;
        return status(stack);
      },
    });
    expect(most).toBe(3);
  });

  it("whose description cannot be used is told, and the others are asked all the same", async () => {
    const file = join(folder, "stacks/Pulumi.porto-2.yaml");
    const before = readFileSync(file, "utf8");
    writeFileSync(file, before.replace("network:", "netwrok:"));
    const overview = await asked();
    writeFileSync(file, before);
    expect(overview.sites).toHaveLength(12);
    const told = overview.sites.find(({ stack }) => stack === "porto-2");
    expect([told?.state, told?.needs[0]?.what]).toEqual([
      "unseen",
      expect.stringContaining("its description cannot be used: "),
    ]);
  });
});

describe("the page", () => {
  const hostile = '<script>alert(1)</script>"&';
  const line = (i: number): SiteLine => ({
    stack: `store-${String(i).padStart(4, "0")}`,
    site: "s",
    labels: { town: i === 3 ? hostile : `town-${i % 40}` },
    state: i % 97 === 0 ? "needs a person" : i % 89 === 0 ? "unseen" : "well",
    needs: i % 97 === 0 || i % 89 === 0 ? [{ what: `a thing ${hostile}`, run: "npx groundwork status" }] : [],
    notes: [],
    rank: { rung: 4, of: 6, hosts: 2 },
    fatal: i % 3,
    kubernetes: "v1.37.2",
    etcd: "3.7.3",
    alone: { until: "2028-06-01T00:00:00Z", days: 731 },
    backup: "60 min old",
    drill: { time: "2026-05-31T12:00:00Z", passed: true, rpoSeconds: 23, rtoSeconds: 300 },
  });

  it("of a thousand sites stays small, asks for nothing, runs nothing that is not its own, and fits a phone", async () => {
    const sites = inOrder(Array.from({ length: 1000 }, (_, i) => line(i + 1)));
    const html = overviewPage({ version: 1, at: "2026-06-01T00:00:00Z", sites });
    expect(html.length).toBeLessThan(3_000_000);
    const file = join(folder, "fleet.html");
    writeFileSync(file, html);
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox"],
    });
    try {
      const page = await browser.newPage({ viewport: { width: 400, height: 800 } });
      const [requests, said]: [string[], string[]] = [[], []];
      page.on("request", (request) => requests.push(request.url()));
      page.on("dialog", (dialog) => said.push(dialog.message()));
      page.on("pageerror", (error) => said.push(error.message));
      await page.goto(pathToFileURL(file).href);
      expect(await page.locator("h1").textContent()).toBe(sentence(sites));
      expect(await page.locator("tbody tr").count()).toBe(1000);
      expect(await page.locator("tbody tr").first().textContent()).toContain("needs a person");
      expect(requests.filter((url) => !url.startsWith("data:"))).toEqual([pathToFileURL(file).href]);
      expect(said).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")).toBe(true);
    } finally {
      await browser.close();
    }
  });

  it("of an empty fleet says so", () => {
    expect(overviewPage({ version: 1, at: "2026-06-01T00:00:00Z", sites: [] })).toContain("0 sites: there is none");
    expect(overviewText({ version: 1, at: "", sites: [] })).toBe("0 sites: there is none.\n");
  });
});
