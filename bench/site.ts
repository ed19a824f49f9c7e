// `npm run bench:status` and `npm run bench:preflight`: how long `groundwork status` and `groundwork preflight` take over the demo, which has to be up
// (`npm run demo`); of another lab with GROUNDWORK_TEST_LAB.
import { availableParallelism } from "node:os";

process.env.GROUNDWORK_TEST_LAB ??= "demo";

const rounds = 7;
/** Seconds that are asked for, at most. */
const most = { status: 5, preflight: 3 };

async function main(): Promise<void> {
  const [name = ""] = process.argv.slice(2);
  if (!(name in most)) throw new Error(`${name}: no such command; use ${Object.keys(most).join(" or ")}`);
  const { RunningSite } = await import("../test/support/lab/site");
  const site = await RunningSite.open();
  const command = ["cli/groundwork.cjs", name, "--stack", site.lab, "--config-file", site.stack.configFile ?? ""];
  const taken: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now();
    const { code, text } = await site.attempt("node", command);
    if (code !== 0) throw new Error(`exit code ${code}\n${text}`);
    // The first one translates what is kept afterwards.
    if (round > 0) taken.push((performance.now() - start) / 1000);
  }
  const [least, median, longest] = [0, Math.floor(rounds / 2), rounds - 1].map(
    (i) => taken.sort((a, b) => a - b)[i] ?? 0,
  );
  console.log(
    `${availableParallelism()} processors, ${site.machines().length} machines: ${name} takes ${median?.toFixed(1)} s ` +
      `(${least?.toFixed(1)} to ${longest?.toFixed(1)} s in ${rounds} rounds); asked are ${most[name as keyof typeof most]}`,
  );
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
