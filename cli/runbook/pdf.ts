import { accessSync, constants, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const programs = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** A Chromium of this computer: the one that CHROMIUM names, or one on PATH. */
function chromium(): string {
  const named = process.env.CHROMIUM;
  if (named !== undefined) {
    if (isProgram(named)) return named;
    throw new Error(`CHROMIUM: ${named} is no program; name a Chromium, or write .html and print it in a browser`);
  }
  const found = (process.env.PATH ?? "")
    .split(":")
    .flatMap((folder) => programs.map((program) => join(folder, program)))
    .find(isProgram);
  if (found) return found;
  throw new Error(
    "--output: no Chromium is here to write a PDF with; install one or name it in CHROMIUM, or write .html and print it in a browser",
  );
}

function isProgram(file: string): boolean {
  if (!existsSync(file)) return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Prints a page as a browser does. */
export async function pdfOf(html: string): Promise<Buffer> {
  const executablePath = chromium();
  const { chromium: playwright } = loadPlaywright();
  const folder = mkdtempSync(join(tmpdir(), "groundwork-runbook-"));
  // Chromium's own sandbox refuses root; the page is ours and runs no script but its own.
  const browser = await playwright.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
  try {
    const file = join(folder, "runbook.html");
    writeFileSync(file, html, { mode: 0o600 });
    const page = await browser.newPage();
    await page.goto(pathToFileURL(file).href);
    await page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true");
    return await page.pdf({ preferCSSPageSize: true, printBackground: true, outline: true, tagged: true });
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}

/** Only who develops has it installed: it is no dependency of those who never write a PDF. */
function loadPlaywright(): typeof import("playwright-core") {
  try {
    return require("playwright-core");
  } catch {
    throw new Error(
      "--output: playwright-core is not installed; run `npm install --no-save playwright-core`, or write .html",
    );
  }
}
