import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { Command } from "commander";
import { parse } from "yaml";
import { diagnosticsOf, pulumi, pulumiOrThrow } from "../cli/stack/pulumi";
import { version as release } from "../package.json";
import { type Lab, openLab } from "./lab";
import { runMain } from "./main";
import { type Checkpoint, recordedFolder, writeRecordedState } from "./recordedState";
import { readLabState } from "./state";
import { runSteps } from "./steps";
import { repository } from "./toolchain/artifact";

interface Options {
  name: string;
  stack: string;
  release: string;
  replace?: boolean;
}

const program = new Command("npm run state:record --")
  .description("Records the state of a lab's site under test/state/, which every later program must leave as it is.")
  .option("--name <lab>", "name of the lab, which runs", "demo")
  .option("--stack <stack>", "the stack file that it was brought up with", "demo")
  .option("--release <version>", "the release that it is the state of", release)
  .option("--replace", "overwrite the state of this release that is recorded already")
  .helpOption("--help", "show this")
  .exitOverride();

async function main(): Promise<void> {
  const { name, stack, release, replace } = program.parse().opts<Options>();
  const folder = recordedFolder(release);
  if (!/^\d+\.\d+\.\d+$/.test(release))
    throw new Error(`--release: "${release}" is no version; give one such as 0.1.0`);
  if (existsSync(folder) && !replace)
    throw new Error(
      `${relative(repository, folder)}: it is recorded already, and a release's state does not change; give --replace if it was never released`,
    );
  if (!readLabState(name)) throw new Error(`--name: there is no lab "${name}"; bring it up with npm run demo`);
  await runSteps([
    {
      title: `Record the state of the lab "${name}" as ${release}`,
      run: async (progress) => {
        const lab = await openLab(name, stack, progress);
        progress("looking whether the site is what its stack file says");
        const preview = await pulumi(lab.stack, ["preview", "--expect-no-changes"]);
        if (preview.code !== 0)
          throw new Error(
            `--name: the site of the lab "${name}" is not what its stack file says; run npm run demo first\n${diagnosticsOf(preview)}`,
          );
        const checkpoint = JSON.parse(await pulumiOrThrow(lab.stack, ["stack", "export", "--show-secrets"]));
        await writeRecordedState({
          version: release,
          stack: lab.stack.stack,
          config: configOf(lab),
          checkpoint: checkpoint as Checkpoint,
        });
      },
    },
  ]);
  console.log(`${relative(repository, folder)}: recorded. Add it to version control with the release.`);
}

/** What the lab's stack file says, without what only its own state can read. */
function configOf({ stack }: Lab): Record<string, unknown> {
  const { config } = parse(readFileSync(stack.configFile as string, "utf8")) as { config: Record<string, unknown> };
  for (const [key, value] of Object.entries(config))
    if (typeof value === "object" && value !== null && "secure" in value)
      throw new Error(`${key}: it is a secret of this stack, which cannot be recorded; use a stack file without any`);
  return config;
}

runMain(main);
