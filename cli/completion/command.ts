import { Argument, Command } from "commander";
import { scripts } from "./scripts";
import { wordsOf } from "./words";

/** `groundwork completion`: what a shell needs to complete commands and options. */
export function completionCommand(): Command {
  return new Command("completion")
    .description("print a script that completes commands and options in a shell")
    .addArgument(new Argument("<shell>", "the shell").choices(Object.keys(scripts)))
    .addHelpText(
      "after",
      `
In every new shell, by a line in ~/.bashrc or ~/.zshrc (there after compinit), or in ~/.config/fish/config.fish:
  source <(npx groundwork completion bash)
  source <(npx groundwork completion zsh)
  npx groundwork completion fish | source
It completes the word groundwork. Where that is no command of yours, make it one: groundwork() { npx groundwork "$@"; }`,
    )
    .action((shell: keyof typeof scripts, _options: object, command: Command) => {
      const program = command.parent ?? command;
      process.stdout.write(`${scripts[shell](program.name(), wordsOf(program))}\n`);
    });
}
