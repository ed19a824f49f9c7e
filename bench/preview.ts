// `npm run bench:preview -- REVISION [ROUNDS]`: what a preview of the recorded demo site costs with the program of an earlier revision and with
// this one, with their policy packs and without, in one go: both sides take turns on the same state. Needs what `npm test` sets up.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRecordedState, recordedVersions } from "../lab/recordedState";
import { repository } from "../lab/toolchain/artifact";
import type { Project } from "../test/support/project";
import { openRecorded, type RecordedSite } from "../test/support/recordedSite";
import { ProcessWatch } from "./processes";

const [revision, rounds = "5"] = process.argv.slice(2);

interface Run {
  /** Wall time, in seconds. */
  seconds: number;
  /** Processor time of all processes, in seconds. */
  cpu: number;
  peakMB: number;
}

async function main(): Promise<void> {
  if (revision === undefined) throw new Error("REVISION: missing; name the revision to compare with, as git knows it");
  const root = mkdtempSync(join(tmpdir(), "groundwork-bench-"));
  const before = join(root, "groundwork");
  const opened: RecordedSite[] = [];
  try {
    git("worktree", "add", "--detach", "--quiet", before, revision);
    execFileSync("npm", ["ci", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: before });
    const recorded = await readRecordedState(recordedVersions()[0] ?? "");
    for (const checkout of [before, repository]) opened.push(await openRecorded(recorded, checkout));
    const [then, now] = opened.map(({ project }) => project);
    if (then === undefined || now === undefined) throw new Error("no project");
    for (const [what, args] of [
      ["without a policy pack", () => []],
      ["with its policy pack", (checkout: string) => ["--policy-pack", join(checkout, "policies")]],
    ] as const)
      await compare(what, { project: then, args: args(before) }, { project: now, args: args(repository) });
  } finally {
    for (const { close } of opened) await close();
    rmSync(root, { recursive: true, force: true });
    git("worktree", "prune");
  }
}

interface Side {
  project: Project;
  args: string[];
}

async function compare(what: string, then: Side, now: Side): Promise<void> {
  for (const side of [then, now]) await run(side); // what is compiled once is kept
  const [earlier, later]: Run[][] = [[], []];
  for (let round = 0; round < Number(rounds); round++) {
    earlier?.push(await run(then));
    later?.push(await run(now));
  }
  console.log(`A preview of the unchanged demo site ${what}, medians of ${rounds} alternating runs:`);
  for (const [name, of, unit] of [
    ["wall time", "seconds", "s"],
    ["processor time", "cpu", "s"],
    ["memory", "peakMB", "MB"],
  ] as const) {
    const [a = [], b = []] = [earlier, later].map((runs) => (runs ?? []).map((each) => each[of]).sort((x, y) => x - y));
    const range = (sorted: number[]) =>
      `${median(sorted).toFixed(2)} (${sorted[0]?.toFixed(2)}-${sorted.at(-1)?.toFixed(2)})`;
    const ratio = (median(b) / median(a)).toFixed(2);
    console.log(`  ${name}: ${range(a)} ${unit} at ${revision}, ${range(b)} ${unit} now: ratio ${ratio}`);
  }
}

async function run({ project, args }: Side): Promise<Run> {
  const watch = new ProcessWatch();
  const started = performance.now();
  const { code, output } = await project.preview(...args);
  const seconds = (performance.now() - started) / 1000;
  const { peakMB, cpu } = watch.stop();
  if (code !== 0) throw new Error(output);
  return { seconds, cpu: [...cpu.values()].reduce((sum, used) => sum + used, 0), peakMB };
}

const median = (sorted: readonly number[]): number => sorted[sorted.length >> 1] ?? 0;

function git(...args: string[]): void {
  execFileSync("git", args, { cwd: repository, stdio: ["ignore", "ignore", "inherit"] });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
