// Takes the pictures of the README and those that a test compares with, in the Chromium of this computer: npm run docs:pictures
import { writeFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { type Picture, pictureFile, takePictures } from "../../test/support/pictures";

async function main(): Promise<void> {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
  try {
    for (const [name, picture] of Object.entries(await takePictures(browser)))
      writeFileSync(pictureFile(name as Picture), picture);
  } finally {
    await browser.close();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
