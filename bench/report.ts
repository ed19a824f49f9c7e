// `npm run bench:report`: how long a report over 20 unchanged stacks takes, against one over a single stack. Needs what `npm test` sets up.
import { availableParallelism } from "node:os";
import { RunningSite } from "../test/report/runningSite";

const count = 20;
const rounds = 3;

async function main(): Promise<void> {
  const site = await RunningSite.start();
  try {
    const names = Array.from({ length: count }, (_, i) => `copy-${i + 1}`);
    site.copies(names);
    const timed = async (stacks: readonly string[]): Promise<number> => {
      const start = performance.now();
      const { code, stdout } = await site.report("--stack", ...stacks);
      const seconds = (performance.now() - start) / 1000;
      if (code !== 0)
        throw new Error(`the report over ${stacks.length} stacks ended with ${code}:\n${stdout.slice(0, 2000)}`);
      return seconds;
    };
    await timed(names.slice(0, 1)); // what is translated once is kept
    const one: number[] = [];
    for (let i = 0; i < rounds; i++) one.push(await timed(names.slice(0, 1)));
    const single = one.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
    const all = await timed(names);
    console.log(`${availableParallelism()} processors`);
    console.log(`1 stack: ${single.toFixed(1)} s (${one.map((s) => s.toFixed(1)).join(", ")})`);
    console.log(
      `${count} stacks: ${all.toFixed(1)} s, ${(all / count).toFixed(2)} s each, ${(all / single).toFixed(1)} times one`,
    );
  } finally {
    await site.destroy();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
