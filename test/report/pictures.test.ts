import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { htmlOf } from "../../cli/report/html/page";
import { noPreview } from "../../cli/report/preview";
import { stackReport } from "../../cli/report/stack";
import { difference, longError, type Picture, pictureFile, reviewed, takePictures } from "../support/pictures";

// What people see of a report and of a runbook, beside pictures that a person has looked at: `npm run docs:pictures` takes them again.

/** The share of a picture that may differ: fonts of another computer do, what lies elsewhere or is missing differs by more. */
const allowed = 0.01;
let browser: Browser;
let now: Record<Picture, Buffer>;

beforeAll(async () => {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  now = await takePictures(browser);
});
afterAll(() => browser?.close());

describe("pages look as they were reviewed:", () => {
  it.each(Object.entries(reviewed) as [Picture, string][])("%s, %s", (picture) => {
    const share = difference(now[picture], readFileSync(pictureFile(picture)));
    const seen = join(mkdtempSync(join(tmpdir(), "groundwork-picture-")), basename(picture));
    if (share > allowed) writeFileSync(seen, now[picture]);
    expect(share, `look at ${seen}; if it is right, run npm run docs:pictures`).toBeLessThanOrEqual(allowed);
  });

  it("another page, or one whose box leaves it, is told from the reviewed one", async () => {
    const { "docs/pictures/report.png": report, "test/report/pictures/error.png": error } = now;
    expect(difference(report, error)).toBe(1);
    const html = htmlOf({
      stacks: [stackReport(noPreview("other", longError))],
      removed: [],
      scope: "asked for: other",
    });
    const page = await browser.newPage({ viewport: { width: 480, height: 560 }, bypassCSP: true });
    await page.setContent(html);
    await page.addStyleTag({ content: "pre { white-space: pre; overflow: visible; overflow-wrap: normal; }" });
    expect(difference(await page.screenshot(), error)).toBeGreaterThan(allowed);
    await page.close();
  });
});

it("an error of the engine stays in its box, and the box on its page: on a phone, on a screen and on paper", async () => {
  const html = htmlOf({ stacks: [stackReport(noPreview("other", longError))], removed: [], scope: "asked for: other" });
  for (const media of ["screen", "print"] as const)
    for (const width of [360, 703, 1200]) {
      const page = await browser.newPage({ viewport: { width, height: 900 } });
      await page.emulateMedia({ media });
      await page.setContent(html);
      const boxes = await page.locator("pre").evaluateAll((all) =>
        all.map((box) => ({
          hidden: box.scrollWidth - box.clientWidth,
          right: box.getBoundingClientRect().right,
        })),
      );
      expect(boxes.length).toBeGreaterThan(0);
      for (const { hidden, right } of boxes) {
        expect(hidden).toBe(0);
        expect(right).toBeLessThanOrEqual(width);
      }
      await page.close();
    }
});
