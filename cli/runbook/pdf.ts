import { accessSync, constants, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { PageNumbers } from "./page";

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

/**
 * Prints a page as a browser does: once to learn on which page of paper each chapter begins, and once with those numbers in it.
 *
 * @param page the HTML, with page numbers if they are known
 * @throws Error if there is no Chromium, or what prints with it is not installed
 */
export async function pdfOf(page: (pages?: PageNumbers) => string): Promise<Buffer> {
  const draft = await printed(page());
  return printed(page(await pageNumbers(draft)));
}

/** On which page of a PDF each place is that a link of it leads to. */
async function pageNumbers(pdf: Buffer): Promise<PageNumbers> {
  const { getDocument } = await loaded(() => import("pdfjs-dist/legacy/build/pdf.mjs"));
  const document = await getDocument({ data: new Uint8Array(pdf), verbosity: 0 }).promise;
  const numbers = new Map<string, number>();
  for (const [id, place] of Object.entries(await document.getDestinations()))
    if (place) numbers.set(id, (await document.getPageIndex(place[0])) + 1);
  await document.destroy();
  return numbers;
}

async function printed(html: string): Promise<Buffer> {
  const executablePath = chromium();
  const { chromium: playwright } = await loaded(() => import("playwright-core"));
  const folder = mkdtempSync(join(tmpdir(), "groundwork-runbook-"));
  // Chromium's own sandbox refuses root; the page is ours and runs no script but its own.
  const browser = await playwright.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
  try {
    const file = join(folder, "runbook.html");
    writeFileSync(file, html, { mode: 0o600 });
    const page = await browser.newPage();
    await page.goto(pathToFileURL(file).href);
    return await page.pdf({ preferCSSPageSize: true, printBackground: true, outline: true, tagged: true });
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}

/** Only who develops has these installed: they are no dependencies of those who never write a PDF. */
async function loaded<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch {
    throw new Error(
      "--output: what prints PDFs is not installed; run `npm install --no-save playwright-core pdfjs-dist`, or write .html",
    );
  }
}
