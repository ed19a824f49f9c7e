import type { Command } from "commander";

/** What can follow a command, as `--help` has it. */
export interface CommandWords {
  /** The words that lead to it: `fleet render`; empty for the program itself. */
  path: string;
  description: string;
  /** What its next word may be: a command below it, or one of an argument's few values. */
  commands: { name: string; description: string }[];
  options: OptionWords[];
}

export interface OptionWords {
  /** `-y`, `--yes`. */
  names: string[];
  description: string;
  /** Whether a value follows, and which there are if that is known. */
  takesValue: boolean;
  choices: string[];
}

/** A program and everything below it, the program first: the same list that its help is printed from. */
export function wordsOf(program: Command, path = ""): CommandWords[] {
  const help = program.createHelp();
  const commands = help.visibleCommands(program);
  const own = {
    path,
    description: program.description(),
    commands: [
      ...commands.map((command) => ({ name: command.name(), description: command.description() })),
      ...program.registeredArguments.flatMap(({ argChoices = [], description }) =>
        argChoices.map((name) => ({ name, description })),
      ),
    ],
    options: help.visibleOptions(program).map(({ short, long, description, required, optional, argChoices }) => ({
      names: [short, long].flatMap((name) => name ?? []),
      description,
      takesValue: required || optional,
      choices: argChoices ?? [],
    })),
  };
  const below = commands.filter((command) => command.name() !== "help");
  return [own, ...below.flatMap((command) => wordsOf(command, `${path} ${command.name()}`.trim()))];
}
