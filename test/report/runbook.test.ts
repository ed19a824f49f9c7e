import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runbookPage } from "../../cli/runbook/page";
import { demoRunbook } from "../support/demoPages";

// D6: the runbook as a person meets it who was woken up by it: on a phone, in the dark, on paper.

const folder = mkdtempSync(join(tmpdir(), "groundwork-runbook-"));
const file = join(folder, "runbook.html");
let browser: Browser;

beforeAll(async () => {
  writeFileSync(file, runbookPage(demoRunbook()));
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

/** Opens the runbook; what it asks for and what it complains of is kept. */
async function opened(options: BrowserContextOptions = {}): Promise<{ page: Page; asked: string[]; said: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, ...options });
  const [asked, said]: [string[], string[]] = [[], []];
  page.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(error.message));
  await page.goto(pathToFileURL(file).href);
  return { page, asked, said };
}

const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

describe("the runbook's page", () => {
  it("asks for nothing but itself: it can be read with the network down", async () => {
    const { page, asked, said } = await opened();
    expect(asked.filter((url) => !url.startsWith("data:"))).toEqual([pathToFileURL(file).href]);
    expect(said).toEqual([]);
    await page.close();
  });

  it("is read on a phone: nothing is wider than it, commands are whole, letters large enough", async () => {
    const { page } = await opened(phone);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    const commands = page.locator("pre");
    expect(await commands.count()).toBeGreaterThan(40);
    expect(await commands.evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).length)).toBe(0);
    const sizes = (await page.evaluate(
      `[...document.querySelectorAll("main p, main li, main pre, main td")].map((one) => parseFloat(getComputedStyle(one).fontSize))`,
    )) as number[];
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(12);
    await page.close();
  });

  it("calls who is to be called, and leads from the contents to every chapter", async () => {
    const { page } = await opened(phone);
    expect(await page.locator('a[href="tel:+493012345"]').textContent()).toBe("+49 (30) 123-45");
    for (const link of await page.locator("nav a").all()) {
      await link.tap();
      const id = (await link.getAttribute("href")) ?? "";
      const top = await page.locator(id).evaluate((chapter) => chapter.getBoundingClientRect().top);
      const bottom = await page.evaluate("scrollY + innerHeight >= document.documentElement.scrollHeight - 1");
      expect(Math.abs(top) < 40 || bottom, id).toBe(true);
    }
    await page.close();
  });

  it("leads from what is seen to what is to be done", async () => {
    const { page } = await opened(phone);
    const link = page.getByRole("row", { name: "All machines of one host are gone at once" }).getByRole("link");
    await link.tap();
    const top = await page.locator("#host").evaluate((chapter) => chapter.getBoundingClientRect().top);
    expect(Math.abs(top)).toBeLessThan(40);
    expect(await page.locator("#host table").textContent()).toContain("demo-etcd-a");
    await page.close();
  });

  it.each([
    ["light", {}],
    ["dark", { colorScheme: "dark" }],
    ["a phone", phone],
  ] as [string, BrowserContextOptions][])("has no accessibility fault: %s", async (_, options) => {
    const { page } = await opened({ ...options, bypassCSP: true });
    await page.addScriptTag({ content: readFileSync(require.resolve("axe-core/axe.min.js"), "utf8") });
    const { violations } = (await page.evaluate("axe.run()")) as {
      violations: { id: string; nodes: { html: string }[] }[];
    };
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 120)}`)).toEqual([]);
    await page.close();
  });

  it("is printed on white, with every chapter and command in it, and no command cut off", async () => {
    // A4 without its margins, in CSS pixels.
    const { page } = await opened({ colorScheme: "dark", viewport: { width: 703, height: 1032 } });
    await page.emulateMedia({ media: "print" });
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(255, 255, 255)");
    const commands = await page
      .locator("pre")
      .evaluateAll((all) => all.map((one) => [one.checkVisibility(), one.scrollWidth - one.clientWidth]));
    expect(commands.length).toBeGreaterThan(40);
    expect(commands.filter(([visible, beyond]) => !visible || Number(beyond) > 0)).toEqual([]);
    expect(await page.locator("section h2:visible").count()).toBeGreaterThanOrEqual(10);
    await page.close();
  });

  it("has no secret in it, and no place to type one into", async () => {
    const { page } = await opened();
    const html = await page.content();
    expect(html).toContain("VSPHERE_PASSWORD");
    const secrets = /-----BEGIN|client-key-data|AGE-SECRET-KEY|(PASSWORD|PASSPHRASE|TOKEN)=[^$\s"'&;]+/g;
    expect(html.match(secrets) ?? []).toEqual([]);
    expect(await page.locator("input, form, textarea").count()).toBe(0);
    await page.close();
  });
});
