import { relative, resolve } from "node:path";
import { Command } from "commander";
import { UnusableInput } from "../../site/description/unusableInput";
import { type VcenterOptions, vcenterFlags } from "../discover/vcenter";
import { runPlan } from "../plan/command";
import { answersOf, promptForAnswers } from "./ask";
import { stackText } from "./description";
import { discoveredOf } from "./discovered";
import { obstacles, stackFileOf, writeFolder } from "./folder";
import { type Answers, describesServers, questions } from "./questions";

interface InitOptions extends Partial<Answers>, VcenterOptions {
  discover?: boolean;
  yes?: boolean;
}

/** `groundwork init`: a folder of one's own, with a site's description in it. */
export function initCommand(): Command {
  const command = new Command("init")
    .description("make a folder of your own: a Pulumi project over this package, with a site's description in it")
    .argument("[dir]", "the folder; one with sites in it gets another", ".")
    .option("--discover", "read hosts, devices and names from vCenter")
    .option("-y, --yes", "ask nothing: take what is proposed for what no flag says");
  for (const { flag, value, asks } of Object.values(questions)) command.option(`${flag} <${value}>`, asks);
  for (const flag of [vcenterFlags.user, vcenterFlags.ca, vcenterFlags.insecure]) command.addOption(flag);
  return command
    .addHelpText(
      "after",
      "\nOn a terminal it asks for what no flag says. What is in the folder already is never changed.\n" +
        "\nExit code: 0 the description has a plan without a mandatory finding, 1 it has one, 2 unusable input.",
    )
    .action(async (folder: string, options: InitOptions) => {
      process.exitCode = await init(folder, options, process.env, (text) => process.stdout.write(text));
    });
}

/** Makes the folder; the exit code. */
export async function init(
  folder: string,
  options: InitOptions,
  env: NodeJS.ProcessEnv,
  out: (text: string) => void,
): Promise<number> {
  if (options.discover && describesServers(options))
    throw new UnusableInput([
      { path: "--discover", fact: `a site of --kind ${options.kind} has no vCenter to read`, fix: "leave it out" },
    ]);
  const found = options.discover ? await discoveredOf(options, env) : undefined;
  const choices = found?.choices ?? {};
  const asks = process.stdin.isTTY && process.stdout.isTTY && !options.yes;
  const answers = asks ? await promptForAnswers(options, choices) : answersOf(options, choices);
  if (answers === undefined) {
    out("Nothing was written.\n");
    return 1;
  }
  // Before vCenter is read for long.
  const problems = obstacles(folder, answers.name);
  if (problems.length > 0) throw new UnusableInput(problems);
  const hosts = await found?.hosts(answers.cluster, answers.datacenter);
  const { written, kept } = writeFolder(folder, answers.name, stackText(answers, hosts?.text));
  const stack = stackFileOf(answers.name);
  out(`${[...written.map((file) => `wrote  ${file}`), ...kept.map((file) => `kept   ${file}`)].join("\n")}\n`);
  for (const note of hosts?.notes ?? []) out(`${note}\n`);
  let planned = "";
  const code = runPlan(
    resolve(folder, stack),
    {},
    (text) => {
      planned += text;
    },
    out,
  );
  const refused = planned.split("\n").filter((line) => line.startsWith("mandatory"));
  if (refused.length > 0) out(`\n${refused.join("\n")}\n`);
  const to = relative(".", folder);
  out(`
Next${code === 1 ? ", after you have mended what the plan refuses" : ""}:
${to && `  cd ${to.startsWith("../..") ? resolve(folder) : to}\n`}  npm install
  npx groundwork plan ${stack}
  pulumi stack init ${answers.name}
${describesServers(answers) ? "  pulumi config set --secret sshPrivateKey < KEY   # of the user that signs in to the servers\n" : ""}  pulumi up --stack ${answers.name} --policy-pack node_modules/groundwork/policies
`);
  return code;
}
