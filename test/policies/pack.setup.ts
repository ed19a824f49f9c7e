import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { buildCommand } from "../../cli/build";
import { buildProgram } from "../../infra/build";
import { buildPack } from "../../policies/build";

declare module "vitest" {
  interface ProvidedContext {
    /** A folder for what is read by more than one file of tests; it goes with the last one. */
    sharedFolder: string;
  }
}

/** What `pulumi` starts is built from what is tested. */
export default async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-shared-"));
  project.provide("sharedFolder", folder);
  await Promise.all([buildPack(), buildProgram(), buildCommand()]);
  return () => rmSync(folder, { recursive: true, force: true });
}
