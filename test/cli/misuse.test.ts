import { type Command, CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { groundwork } from "../../cli/program";

/** Every command by the words that call it: `fleet render`. */
function commands(command: Command, words: string[] = []): string[][] {
  return command.commands.flatMap((below) => [[...words, below.name()], ...commands(below, [...words, below.name()])]);
}

describe("an option that there is not", async () => {
  const all = commands(await groundwork());

  it.each(all.map((words) => [words.join(" "), words] as const))(
    "is told by `%s`, which ends there",
    async (_, words) => {
      let told = "";
      const program = await groundwork();
      const quiet = (command: Command): void => {
        command.configureOutput({
          writeErr: (text) => {
            told += text;
          },
        });
        for (const below of command.commands) quiet(below);
      };
      quiet(program);
      const ended = program.parseAsync(["node", "groundwork", ...words, "--bogus"]);
      await expect(ended).rejects.toBeInstanceOf(CommanderError);
      expect(told).toContain("run it with --help to see what there is");
    },
  );
});

it("commands lie two deep", async () => {
  const all = commands(await groundwork());
  expect(all.some((words) => words.length === 2)).toBe(true);
  expect(all.length).toBeGreaterThan(20);
});
