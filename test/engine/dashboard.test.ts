import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { victoriaMetrics } from "../../image/programs/upstream";
import { ensure } from "../../lab/toolchain/artifact";
import { siteDashboard } from "../../site/render/monitoring/dashboard";
import { watchedSite } from "../support/watched";

// The site's page, by the program that shows it and in a browser.

const PORT = 18_428;
const url = `http://127.0.0.1:${PORT}`;
const dashboard = siteDashboard(watchedSite());
const panels = dashboard.rows.flatMap((row) => row.panels);
const folder = mkdtempSync(join(tmpdir(), "groundwork-dashboard-"));
let program: ChildProcess;

beforeAll(async () => {
  mkdirSync(join(folder, "dashboards"));
  writeFileSync(join(folder, "dashboards/site.json"), JSON.stringify(dashboard));
  program = spawn(
    join(await ensure(victoriaMetrics), "victoria-metrics"),
    [
      `-httpListenAddr=127.0.0.1:${PORT}`,
      `-storageDataPath=${join(folder, "data")}`,
      `-vmui.customDashboardsPath=${join(folder, "dashboards")}`,
    ],
    { stdio: "ignore" },
  );
  for (let answers = false; !answers; await sleep(100))
    answers = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  const now = Date.now();
  const member = (letter: string) =>
    Array.from(
      { length: 20 },
      (_, i) => `etcd_server_has_leader{store="etcd",machine="shop-etcd-${letter}"} 1 ${now - i * 15_000}`,
    );
  const series = ["a", "b", "c"].flatMap(member).join("\n");
  expect((await fetch(`${url}/api/v1/import/prometheus`, { method: "POST", body: series })).status).toBe(204);
  await fetch(`${url}/internal/force_flush`);
});
afterAll(() => {
  program?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

describe("the page of a site that is watched (O1)", () => {
  it.each(panels.flatMap(({ title, expr }) => expr.map((one) => [title, one] as const)))(
    "asks what can be asked: %s",
    async (_, expr) => {
      const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expr)}`);
      expect(await answer.json()).toMatchObject({ status: "success" });
    },
  );

  it("names each line, and its graphs fill the width", () => {
    for (const { title, expr, alias } of panels) expect(alias, title).toHaveLength(expr.length);
    expect(panels.reduce((sum, { width }) => sum + width, 0) % 6).toBe(0);
  });

  it("is shown in a browser, with every graph, and nothing is asked of anybody else", async () => {
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox"],
    });
    try {
      const page = await browser.newPage({ viewport: { width: 1600, height: 2400 } });
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      await page.goto(`${url}/vmui/#/dashboards`);
      // Each graph, and of the one series that there is a line.
      await expect.poll(() => page.locator("canvas").count(), { timeout: 60_000 }).toBe(panels.length);
      await page.getByText("quorum: 2 of 3").waitFor({ timeout: 60_000 });
      const text = await page.locator("body").innerText();
      for (const { title } of panels) expect(text).toContain(title);
      if (process.env.GROUNDWORK_PICTURE) await page.screenshot({ path: process.env.GROUNDWORK_PICTURE });
      expect(asked.filter((each) => !each.startsWith(url) && !each.startsWith("data:"))).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
