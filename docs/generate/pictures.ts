// Takes the pictures of the README, docs/pictures/*.png, in the Chromium of this computer: npm run docs:pictures
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { parse } from "yaml";
import { htmlOf } from "../../cli/report/html/page";
import { stackReport } from "../../cli/report/stack";
import { runbookPage } from "../../cli/runbook/page";
import { runbookOf } from "../../cli/runbook/runbook";
import { parseSite } from "../../site/description/parse";
import { planSite } from "../../site/plan/plan";
import { demoStacks, inputsOf, previewOfChange } from "../../test/support/changes";

const root = join(__dirname, "../..");

/** The report of a change that puts a member of etcd onto the device of another one. */
function report(): string {
  const { before, after } = demoStacks();
  const [a, b] = ["demo-etcd-a", "demo-etcd-b"].map((name) => inputsOf(after, name));
  Object.assign(b ?? {}, { hostSystemId: a?.hostSystemId, datastoreId: a?.datastoreId, disks: a?.disks });
  const stack = stackReport(previewOfChange(before, after));
  return htmlOf({ stacks: [stack], removed: [], scope: "stacks whose file differs from origin/main" });
}

/** The runbook of the demo's site. */
function runbook(): string {
  const { config } = parse(readFileSync(join(root, "stacks/Pulumi.demo.yaml"), "utf8"));
  const contacts = [{ name: "Ada Night", role: "on call", phone: "+49 (30) 123-45", mail: "ada@store.example" }];
  const plan = planSite(parseSite({ ...config["groundwork:site"], contacts }));
  const made = new Date("2026-11-21T02:00:00Z");
  return runbookPage(runbookOf(plan, { machines: plan.machines, certificates: [] }, { stack: "demo", made }));
}

async function main(): Promise<void> {
  const pictures = join(root, "docs/pictures");
  mkdirSync(pictures, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), "groundwork-pictures-"));
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
  try {
    for (const [name, html] of Object.entries({ report: report(), runbook: runbook() })) {
      const file = join(folder, `${name}.html`);
      writeFileSync(file, html);
      const page = await browser.newPage({ viewport: { width: 1000, height: 760 } });
      await page.goto(pathToFileURL(file).href);
      await page.screenshot({ path: join(pictures, `${name}.png`) });
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
