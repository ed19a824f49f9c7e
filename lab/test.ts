// `npm test`: sets up what the tests need, checks form and types, then runs every test and prints the count. `npm run test:life`,
// which is this with `--life`, does to a site what is done to one over the years; `npm run test:vm`, which is this with `--vm`, boots
// the machine image in emulated computers; `npm run test:fleet`, with `--fleet`, brings up eight sites by a rollout.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { artifacts, imageArtifacts, lifeArtifacts } from "./artifacts";
import { prepare } from "./prepare";
import { imagePrograms, lifePrograms, testPrograms } from "./prerequisites";
import { testArtifacts } from "./testArtifacts";
import { repository } from "./toolchain/artifact";

interface Counts {
  passed: number;
  /** What failed, a line each. */
  failed: string[];
}

/** Runs a command of the repository's own packages to its end. What it prints is shown at once, or kept and returned. */
function run(program: string, args: string[], output: "shown" | "kept"): Promise<{ ok: boolean; printed: string }> {
  const child = spawn(join(repository, "node_modules/.bin", program), args, {
    cwd: repository,
    stdio: output === "shown" ? "inherit" : ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => {
      printed += chunk;
    });
  return new Promise((resolve, reject) => {
    child.on("error", reject).on("close", (code) => resolve({ ok: code === 0, printed }));
  });
}

/** What is read of vitest's JSON report. */
interface Report {
  numPassedTests: number;
  testResults: { name: string; status: string; assertionResults: { fullName: string; status: string }[] }[];
}

async function check(title: string, program: string, ...args: string[]): Promise<Counts> {
  console.log(`\n${title}`);
  const { ok } = await run(program, args, "shown");
  return { passed: ok ? 1 : 0, failed: ok ? [] : [title] };
}

/** Runs projects of vitest.config.mts. A test that was skipped, or a file that failed before its first test, is a failure too. */
async function tests(title: string, projects: string[], filters: string[], output: "shown" | "kept"): Promise<Counts> {
  if (output === "shown") console.log(`\n${title}`);
  const folder = mkdtempSync(join(tmpdir(), "groundwork-test-"));
  const report = join(folder, "report.json");
  const chosen = projects.flatMap((project) => ["--project", project]);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  try {
    const { ok, printed } = await run(
      "vitest",
      ["run", "--passWithNoTests", ...chosen, ...reporters, ...filters],
      output,
    );
    if (output === "kept") console.log(`\n${title}\n${printed}`);
    const { numPassedTests, testResults } = JSON.parse(readFileSync(report, "utf8")) as Report;
    const failed = testResults.flatMap(({ name, status, assertionResults }) => {
      const file = relative(repository, name);
      if (assertionResults.length === 0 && status !== "passed") return [`${file}: before its first test`];
      return assertionResults
        .filter((test) => test.status !== "passed")
        .map((test) => `${file}: ${test.fullName} (${test.status})`);
    });
    if (failed.length === 0 && !ok) failed.push(`${title}: ended with an error`);
    return { passed: numPassedTests, failed };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The tests of the lab mostly wait for machines; the others use that time, and are shown when they have ended. */
async function all(filters: string[]): Promise<Counts[]> {
  const withoutLab = async () => [
    await check("Form and imports (Biome)", "biome", "check", "--error-on-warnings", "."),
    await check("Types (tsc)", "tsc", "--noEmit"),
    await check("Types of what runs on Temporal (tsc)", "tsc", "--noEmit", "--project", "temporal"),
    await tests("Tests without a lab (vitest)", ["pure", "engine"], filters, "kept"),
  ];
  const [others, lab] = await Promise.all([withoutLab(), tests("Tests in a lab (vitest)", ["lab"], filters, "shown")]);
  return [...others, lab];
}

/** What runs outside `npm test`, for long: by the flag that asks for it. */
const suites = {
  "--life": {
    title: "The life of a site (vitest)",
    project: "life",
    artifacts: [...artifacts, ...testArtifacts, ...lifeArtifacts],
    programs: lifePrograms,
  },
  "--fleet": { title: "Sites of a fleet (vitest)", project: "fleet", artifacts, programs: lifePrograms },
  "--vm": { title: "The machine image (vitest)", project: "vm", artifacts: imageArtifacts, programs: imagePrograms },
};

async function main(): Promise<void> {
  const [flag = "", ...rest] = process.argv.slice(2);
  const suite = flag in suites ? suites[flag as keyof typeof suites] : undefined;
  const filters = suite ? rest : process.argv.slice(2);
  await prepare(suite?.artifacts ?? [...artifacts, ...testArtifacts], { ...testPrograms, ...suite?.programs });
  const counts = suite ? [await tests(suite.title, [suite.project], filters, "shown")] : await all(filters);
  const passed = counts.reduce((total, each) => total + each.passed, 0);
  const failed = counts.flatMap((each) => each.failed);
  // Named once more where they are seen: pages of output lie between a failure and the end.
  console.log(["", ...failed.map((each) => `failed: ${each}`), `${passed} passed, ${failed.length} failed`].join("\n"));
  process.exitCode = failed.length === 0 && passed > (suite ? 0 : 3) ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  console.log("\n0 passed, 1 failed");
  process.exitCode = 1;
});
