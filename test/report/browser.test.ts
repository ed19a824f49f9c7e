import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { htmlOf } from "../../cli/report/html/page";
import { noPreview } from "../../cli/report/preview";
import { stackReport } from "../../cli/report/stack";
import { unsafeReport } from "../support/demoPages";

const folder = mkdtempSync(join(tmpdir(), "groundwork-browser-"));
let browser: Browser;

beforeAll(async () => {
  const unsafe = unsafeReport();
  const broken = stackReport(noPreview("other", "incorrect passphrase <script>alert(1)</script>"));
  write("one.html", { stacks: [unsafe], removed: [], scope: "asked for: demo" });
  write("two.html", { stacks: [unsafe, broken], removed: ["old"], scope: "every stack of the project" });
  browser = await chromium.launch({ executablePath: chromiumPath(), args: ["--no-sandbox"] });
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

function write(name: string, report: Parameters<typeof htmlOf>[0]): void {
  writeFileSync(join(folder, name), htmlOf(report));
}

function chromiumPath(): string {
  return process.env.CHROMIUM ?? "/usr/bin/chromium";
}

/** Opens a page; everything it asks for, and everything it complains of, is kept. */
async function opened(
  file: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; asked: string[]; said: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, ...options });
  const [asked, said]: [string[], string[]] = [[], []];
  page.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(error.message));
  await page.goto(pathToFileURL(join(folder, file)).href);
  return { page, asked, said };
}

const focused = (page: Page) => page.evaluate("document.activeElement.dataset.failure");
const tile = (page: Page, key: string) => page.locator(`[data-tile="${key}"]`);

describe("the page", () => {
  it("asks for nothing but itself, and runs nothing but its own script", async () => {
    const { page, asked, said } = await opened("two.html");
    expect(asked.filter((url) => !url.startsWith("data:"))).toEqual([pathToFileURL(join(folder, "two.html")).href]);
    await page.evaluate('fetch("https://example.org/").catch(() => {})');
    expect(said.join()).toContain("Content Security Policy");
    expect(await page.locator("h1").textContent()).toContain("Unsafe: 1 of 2 sites");
    await page.close();
  });

  it("shows what a host takes along, by mouse, and mends it", async () => {
    const { page, said } = await opened("one.html");
    const host = page.locator('g[data-failure="host esx-1"]');
    await host.click();
    expect(await tile(page, "etcd").textContent()).toContain("no quorum, 1 of 3 up");
    expect(await tile(page, "api").textContent()).toContain("down");
    expect(await host.getAttribute("aria-pressed")).toBe("true");
    expect(await page.locator(".machine.down").count()).toBe(4);
    expect(await page.getByRole("status").textContent()).toContain("Without host esx-1: 4 down");
    await host.click();
    expect(await tile(page, "etcd").textContent()).toContain("quorum, 3 of 3 up");
    expect(await page.locator(".down.machine, .wiped.disk, .failed").count()).toBe(0);
    expect(said).toEqual([]);
    await page.close();
  });

  it("can be used with the keyboard alone", async () => {
    const { page } = await opened("one.html");
    const device = "device naa.5000c500a0000011";
    for (let i = 0; i < 60 && (await focused(page)) !== device; i++) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await tile(page, "data").textContent()).toContain("a majority of etcd's disks is gone");
    expect(await page.locator(".disk.wiped").count()).toBe(2);
    await page.keyboard.press("Escape");
    expect(await tile(page, "data").textContent()).toContain("kept");
    await page.close();
  });

  it.each([
    ["light", {}],
    ["dark", { colorScheme: "dark" }],
    ["a phone", { viewport: { width: 360, height: 740 } }],
  ] as [string, BrowserContextOptions][])("has no accessibility fault: %s", async (_, options) => {
    const { page } = await opened("two.html", { ...options, bypassCSP: true });
    await page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true");
    await page.locator('g[data-failure="host esx-1"]').first().press("Enter");
    await page.addScriptTag({ content: readFileSync(require.resolve("axe-core/axe.min.js"), "utf8") });
    const { violations } = (await page.evaluate("axe.run()")) as {
      violations: { id: string; nodes: { html: string }[] }[];
    };
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 120)}`)).toEqual([]);
    await page.close();
  });

  it("fits a phone, with text that can be read", async () => {
    const { page } = await opened("two.html", { viewport: { width: 360, height: 740 } });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    const smallest = await page.evaluate(`Math.min(...[...document.querySelectorAll("svg text")].map((text) => {
      const svg = text.ownerSVGElement;
      const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
      return parseFloat(getComputedStyle(text).fontSize) * scale;
    }))`);
    expect(smallest).toBeGreaterThan(10);
    await page.close();
  });

  it("can be printed: on white, with what a reader of paper needs", async () => {
    const { page } = await opened("one.html", { colorScheme: "dark" });
    await page.emulateMedia({ media: "print" });
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(255, 255, 255)");
    expect(await page.locator(".hint").isVisible()).toBe(false);
    expect(await page.locator(".card").first().isVisible()).toBe(true);
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await page.locator("details.failures tbody tr").last().isVisible()).toBe(true);
    const pdf = await page.pdf({ format: "A4" });
    expect(pdf.subarray(0, 4).toString()).toBe("%PDF");
    await page.close();
  });

  it("says everything without its script, too", async () => {
    const { page } = await opened("one.html", { javaScriptEnabled: false });
    expect(await page.locator("details.failures tbody tr").count()).toBe(27);
    expect(await page.locator("main").textContent()).toContain("device naa.5000c500a0000011 can no longer fail");
    await page.close();
  });

  it("shows what it was told as text", async () => {
    const { page } = await opened("two.html");
    expect(await page.locator("main script:not(.failures)").count()).toBe(0);
    expect(await page.locator("main").textContent()).toContain("<script>alert(1)</script>");
    await page.close();
  });
});
