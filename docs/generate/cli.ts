// Writes docs/cli.md from what the commands say of themselves: npm run docs:cli
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { groundwork } from "../../cli/program";

/** docs/cli.md. */
export async function cliPage(): Promise<string> {
  const program = await groundwork();
  return `# The command line

Written by \`npm run docs:cli\` from the commands' own help; change it there.

${helpOf(program)}
${program.commands.map((command) => section(command, "groundwork", "##")).join("")}`;
}

/** A command with those that it has itself. */
function section(command: Command, within: string, mark: string): string {
  const name = `${within} ${command.name()}`;
  const below = command.commands.map((one) => section(one, name, `${mark}#`));
  return `\n${mark} ${name}\n\n${helpOf(command)}\n${below.join("")}`;
}

/** As \`--help\` prints it, on any terminal. */
function helpOf(command: Command): string {
  let text = "";
  const writeOut = (part: string) => {
    text += part;
  };
  command.configureOutput({ writeOut, getOutHelpWidth: () => 120, getOutHasColors: () => false }).outputHelp();
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\``;
}

if (require.main === module) void cliPage().then((page) => writeFileSync(join(__dirname, "../cli.md"), page));
