import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize, relative, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { unusable } from "../../site/description/unusableInput";

/** The Pulumi project in a folder. */
export interface Project {
  folder: string;
  name: string;
  /** The program's module, to be loaded by Node; none if it is written in another language. */
  program?: string;
  /** Where the stacks' files are, relative to the folder. */
  stackFolder: string;
  /** The file of the only stack that is asked for, if it lies elsewhere, relative to the folder. */
  configFile?: string;
}

const schema = z.object({
  name: z.string(),
  runtime: z.union([z.string(), z.object({ name: z.string() })]),
  main: z.string().optional(),
  stackConfigDir: z.string().optional(),
});

/** @param configFile the stack's file, relative to where the command is run */
export function projectIn(folder: string, configFile?: string): Project {
  const file = join(folder, "Pulumi.yaml");
  if (!existsSync(file))
    throw unusable(file, "there is no such file", "run this in the project's folder, or name it with --project");
  const parsed = schema.safeParse(parse(readFileSync(file, "utf8")));
  if (!parsed.success) throw unusable(file, "it is no Pulumi project", "give it a name and a runtime");
  const { name, runtime, main = ".", stackConfigDir = "." } = parsed.data;
  const isNode = (typeof runtime === "string" ? runtime : runtime.name) === "nodejs";
  return {
    folder: resolve(folder),
    name,
    ...(isNode && { program: resolve(folder, main) }),
    stackFolder: stackConfigDir,
    ...(configFile !== undefined && { configFile: relative(resolve(folder), resolve(configFile)) }),
  };
}

/** The stacks that have a file, by name. */
export function stacksOf({ folder, stackFolder }: Project): string[] {
  const within = join(folder, stackFolder);
  const names = existsSync(within) ? readdirSync(within) : [];
  return names
    .filter((name) => name.startsWith("Pulumi."))
    .map(stackIn)
    .filter((name) => name !== undefined)
    .sort();
}

/** A stack's file, relative to the project's folder. */
export function stackFile({ stackFolder, configFile }: Project, stack: string): string {
  return configFile ?? join(stackFolder, `Pulumi.${stack}.yaml`);
}

/** Where a stack's machines were planned to be, if that was saved. */
export function savedPlanFile({ stackFolder }: Project, stack: string): string {
  return join(stackFolder, `${stack}.plan.json`);
}

/** The stack whose description or saved plan has this name. */
export function stackIn(file: string): string | undefined {
  return /^Pulumi\.(.+)\.ya?ml$/.exec(file)?.[1] ?? /^(.+)\.plan\.json$/.exec(file)?.[1];
}

/** Whether a path is a file of one stack alone: its description, or its saved plan. */
export function isOfAStack({ folder, stackFolder }: Project, path: string): boolean {
  const file = relative(folder, path);
  return normalize(dirname(file)) === normalize(stackFolder) && stackIn(basename(file)) !== undefined;
}
