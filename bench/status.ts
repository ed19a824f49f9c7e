// `npm run bench:status`: how long `groundwork status` takes over the demo, which has to be up (`npm run demo`); of another lab with
// GROUNDWORK_TEST_LAB. Asked for is less than 5 seconds.
import { availableParallelism } from "node:os";

process.env.GROUNDWORK_TEST_LAB ??= "demo";

const rounds = 7;

async function main(): Promise<void> {
  const { RunningSite } = await import("../test/support/lab/site");
  const site = await RunningSite.open();
  const command = ["cli/groundwork.cjs", "status", "--stack", site.lab, "--config-file", site.stack.configFile ?? ""];
  const taken: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now();
    const { code, text } = await site.attempt("node", command);
    if (code !== 0) throw new Error(`exit code ${code}\n${text}`);
    // The first one translates what is kept afterwards.
    if (round > 0) taken.push((performance.now() - start) / 1000);
  }
  const [least, median, most] = [0, Math.floor(rounds / 2), rounds - 1].map((i) => taken.sort((a, b) => a - b)[i] ?? 0);
  console.log(
    `${availableParallelism()} processors, ${site.machines().length} machines: status takes ${median?.toFixed(1)} s ` +
      `(${least?.toFixed(1)} to ${most?.toFixed(1)} s in ${rounds} rounds)`,
  );
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
