import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { formatProblem } from "../site/description/problem";
import { readSaved, type SavedPlan } from "../site/life/saved";

/**
 * The plan that was saved beside the stack's description, `stacks/<stack>.plan.json`, or where `groundwork:plan` says; none
 * if there is no such file.
 */
export function savedPlan(config: pulumi.Config): SavedPlan | undefined {
  const named = config.get("plan");
  const folder = projectFolder(process.cwd());
  const file = resolve(folder, named ?? join("stacks", `${pulumi.getStack()}.plan.json`));
  const shown = relative(folder, file);
  if (!existsSync(file)) {
    if (named !== undefined) throw refused(shown, "there is no such file", "correct groundwork:plan");
    void pulumi.log.info(
      `${shown}: there is no saved plan, so nothing in version control says where machines are; write one with \`npx groundwork plan FILE --save\``,
    );
    return undefined;
  }
  const result = readSaved(parsed(shown, file));
  if ("saved" in result) return result.saved;
  throw new pulumi.RunError(`${shown} ${formatProblem(result.problem)}`);
}

function parsed(shown: string, file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw refused(shown, (error as Error).message.split("\n")[0] ?? "", "take it from version control again");
  }
}

function refused(path: string, fact: string, fix: string): pulumi.RunError {
  return new pulumi.RunError(formatProblem({ path, fact, fix }));
}

/** The folder of Pulumi.yaml; the program runs in it or below. */
function projectFolder(folder: string): string {
  if (existsSync(join(folder, "Pulumi.yaml")) || dirname(folder) === folder) return folder;
  return projectFolder(dirname(folder));
}
