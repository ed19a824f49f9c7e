// `npm test`: sets up what the tests need, checks form and types, then runs every test and prints the count.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { artifacts } from "./artifacts";
import { prepare } from "./prepare";
import { testPrograms } from "./prerequisites";
import { repository } from "./toolchain/artifact";

/** Runs a command of the repository's own packages and says whether it went well. */
function passes(title: string, program: string, ...args: string[]): boolean {
  console.log(`\n${title}`);
  return (
    spawnSync(join(repository, "node_modules/.bin", program), args, { cwd: repository, stdio: "inherit" }).status === 0
  );
}

async function main(): Promise<void> {
  const filters = process.argv.slice(2);
  await prepare(artifacts, testPrograms);
  const checks = [
    passes("Form and imports (Biome)", "biome", "check", "--error-on-warnings", "."),
    passes("Types (tsc)", "tsc", "--noEmit"),
  ];
  const folder = mkdtempSync(join(tmpdir(), "groundwork-test-"));
  const report = join(folder, "report.json");
  const ran = passes(
    "Tests (vitest)",
    "vitest",
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...filters,
  );
  let [passed, failed] = [0, 1];
  try {
    const counts = JSON.parse(readFileSync(report, "utf8")) as {
      numPassedTests: number;
      numFailedTests: number;
      numPendingTests: number;
      numFailedTestSuites: number;
    };
    passed = counts.numPassedTests;
    // A test that was skipped, or a file that failed before its first test, is a failure too.
    failed = counts.numFailedTests + counts.numPendingTests;
    if (!ran && failed === 0) failed = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  passed += checks.filter(Boolean).length;
  failed += checks.filter((ok) => !ok).length;
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  console.log("\n0 passed, 1 failed");
  process.exitCode = 1;
});
