import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PulumiStack, pulumiOrThrow } from "./pulumi";
import { stateIfAny } from "./state";

/** Pulumi's name of this project; see Pulumi.yaml. */
export const PROJECT = "groundwork";

/** @throws UnusableInput if that cannot be told: a damaged state, a backend that does not answer */
export async function stackExists(stack: PulumiStack): Promise<boolean> {
  return (await stateIfAny(stack)) !== undefined;
}

/**
 * Makes a stack that does not exist. Pulumi writes its salt into the configuration beside the Pulumi.yaml that it finds: for one that
 * lies elsewhere, that is a copy.
 */
export async function ensureStack(stack: PulumiStack): Promise<void> {
  if (await stackExists(stack)) return;
  const { configFile } = stack;
  if (configFile === undefined) {
    await pulumiOrThrow(stack, ["stack", "init", "--no-select"]);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "groundwork-stack-"));
  try {
    writeFileSync(join(folder, "Pulumi.yaml"), `name: ${PROJECT}\nruntime: nodejs\n`);
    const copy = join(folder, `Pulumi.${stack.stack}.yaml`);
    copyFileSync(configFile, copy);
    await pulumiOrThrow({ ...stack, folder }, ["stack", "init", "--no-select"]);
    copyFileSync(copy, configFile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
