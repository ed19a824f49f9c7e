// `npm run bench:report`: how long a report over 20 stacks takes, against one over a single stack: with a preview
// of each, and when nothing has changed since their previews. Needs what `npm test` sets up.
import { availableParallelism } from "node:os";
import { RunningSite } from "../test/support/runningSite";

const count = 20;
const rounds = 3;

async function main(): Promise<void> {
  const site = await RunningSite.start();
  try {
    const names = Array.from({ length: count }, (_, i) => `copy-${i + 1}`);
    site.copies(names);
    const timed = async (stacks: readonly string[], ...options: string[]): Promise<number> => {
      const start = performance.now();
      const { code, stdout } = await site.report("--stack", ...stacks, ...options);
      const seconds = (performance.now() - start) / 1000;
      if (code !== 0)
        throw new Error(
          `the report over ${stacks.length} stacks ended with ${code}:\n${stdout
            .split("\n")
            .filter((line) => line.includes("⚠️"))
            .join("\n")}`,
        );
      return seconds;
    };
    const first = names.slice(0, 1);
    await timed(first, "--no-cache"); // what is translated once is kept
    const one: number[] = [];
    for (let i = 0; i < rounds; i++) one.push(await timed(first, "--no-cache"));
    const single = one.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
    const all = await timed(names, "--no-cache");
    const keeping = await timed(names);
    const again = [await timed(first), await timed(names)] as const;
    console.log(`${availableParallelism()} processors`);
    console.log(`1 stack, previewed: ${single.toFixed(1)} s (${one.map((s) => s.toFixed(1)).join(", ")})`);
    console.log(`1 stack, unchanged since its preview: ${again[0].toFixed(1)} s`);
    const tell = (what: string, seconds: number, times: string) =>
      console.log(`${count} stacks, ${what}: ${seconds.toFixed(1)} s, ${times}`);
    tell("previewed", all, `${(all / single).toFixed(1)} times one`);
    tell("previewed and kept", keeping, `${(keeping / single).toFixed(1)} times one that is not kept`);
    tell(
      "unchanged since their previews",
      again[1],
      `${(again[1] / again[0]).toFixed(1)} times one that is unchanged, ${(again[1] / single).toFixed(1)} times one that is previewed`,
    );
  } finally {
    await site.destroy();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
