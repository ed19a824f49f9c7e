// Writes docs/cli.md from what the commands say of themselves: npm run docs:cli
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { groundwork } from "../../cli/program";

/** docs/cli.md. */
export function cliPage(): string {
  const program = groundwork();
  return `# The command line

Written by \`npm run docs:cli\` from the commands' own help; change it there.

${helpOf(program)}
${program.commands.map((command) => `\n## groundwork ${command.name()}\n\n${helpOf(command)}\n`).join("")}`;
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

if (require.main === module) writeFileSync(join(__dirname, "../cli.md"), cliPage());
