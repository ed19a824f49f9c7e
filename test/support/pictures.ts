import { join } from "node:path";
import pixelmatch from "pixelmatch";
import type { Browser } from "playwright-core";
import { PNG } from "pngjs";
import { htmlOf } from "../../cli/report/html/page";
import { noPreview } from "../../cli/report/preview";
import { stackReport } from "../../cli/report/stack";
import { runbookPage } from "../../cli/runbook/page";
import { pdfOf } from "../../cli/runbook/pdf";
import { repository } from "../../lab/toolchain/artifact";
import { demoRunbook, unsafeReport } from "./demoPages";
import { Paper } from "./paper";

/** The reviewed pictures, by their files: those of the README, and those that only a test looks at. */
export const reviewed = {
  "docs/pictures/report.png": "a report that refuses",
  "docs/pictures/runbook.png": "the first page of a runbook, on paper",
  "test/report/pictures/error.png": "a report that could not be made, on a narrow screen",
  "test/report/pictures/machine.png": "a chapter of a runbook, on paper",
} as const;
export type Picture = keyof typeof reviewed;

/** What those pages look like now. */
export async function takePictures(browser: Browser): Promise<Record<Picture, Buffer>> {
  const runbook = demoRunbook();
  const paper = await Paper.of(await pdfOf((pages) => runbookPage(runbook, pages)));
  const unsafe = htmlOf({ stacks: [unsafeReport()], removed: [], scope: "stacks whose file differs from origin/main" });
  const broken = htmlOf({
    stacks: [stackReport(noPreview("other", longError))],
    removed: [],
    scope: "asked for: other",
  });
  try {
    return {
      "docs/pictures/report.png": await screenshot(browser, unsafe, { width: 1000, height: 760 }),
      "docs/pictures/runbook.png": await paper.picture(1, 1.2),
      "test/report/pictures/error.png": await screenshot(browser, broken, { width: 480, height: 560 }),
      "test/report/pictures/machine.png": await paper.picture(await paper.pageOf("machine"), 0.8),
    };
  } finally {
    await paper.close();
  }
}

/** An error of the kind that engines tell: one long line without a space, and an indented one. */
export const longError = `error: update failed: ${"urn:pulumi:demo::groundwork::".repeat(5)}\n    at ${"/a/folder".repeat(30)}/index.ts:10:3`;

async function screenshot(
  browser: Browser,
  html: string,
  viewport: { width: number; height: number },
): Promise<Buffer> {
  const page = await browser.newPage({ viewport });
  await page.setContent(html);
  const taken = await page.screenshot();
  await page.close();
  return taken;
}

/** Where a picture lies. */
export const pictureFile = (picture: Picture): string => join(repository, picture);

/**
 * The share of two pictures that differs, from 0 to 1; 1 if they are not of the same size. Both are first made an eighth as wide and high:
 * what is left is where things are and how dark, which fonts of the same width share.
 */
export function difference(a: Buffer, b: Buffer): number {
  const [one, other] = [shrunk(PNG.sync.read(a)), shrunk(PNG.sync.read(b))];
  if (one.width !== other.width || one.height !== other.height) return 1;
  const different = pixelmatch(one.data, other.data, undefined, one.width, one.height, {
    threshold: 0.12,
    includeAA: true,
  });
  return different / (one.width * one.height);
}

const SHRUNK_BY = 8;

function shrunk({ width, height, data }: PNG): PNG {
  const small = new PNG({ width: Math.floor(width / SHRUNK_BY), height: Math.floor(height / SHRUNK_BY) });
  for (let y = 0; y < small.height; y++)
    for (let x = 0; x < small.width; x++)
      for (let channel = 0; channel < 4; channel++) {
        let sum = 0;
        for (let dy = 0; dy < SHRUNK_BY; dy++)
          for (let dx = 0; dx < SHRUNK_BY; dx++)
            sum += data[((y * SHRUNK_BY + dy) * width + x * SHRUNK_BY + dx) * 4 + channel] ?? 0;
        small.data[(y * small.width + x) * 4 + channel] = Math.round(sum / SHRUNK_BY ** 2);
      }
  return small;
}
