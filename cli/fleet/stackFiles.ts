import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Holding } from "../../fleet/site/holding";
import { holdingIn } from "../../fleet/site/newSites";
import type { Problem } from "../../site/description/problem";
import { UnusableInput } from "../../site/description/unusableInput";
import { type Project, stackFile, stacksOf } from "../report/project";

/** The line that a stack file has which is written from a fleet's file. */
export const FROM_FLEET = "# Written from fleet.yaml by `npx groundwork fleet render`: change it there.";

/** Whether a stack file of this text is written anew from a fleet's file. */
export function isFromFleet(text: string): boolean {
  return text.includes(`${FROM_FLEET}\n`);
}

/**
 * What the sites of a project's stack files hold.
 *
 * @param isAsked which stacks are asked
 * @throws UnusableInput if one cannot be read: nobody knows then what it holds
 */
export function holdingsOf(project: Project, isAsked: (stack: string) => boolean): Holding[] {
  const problems: Problem[] = [];
  const holdings = stacksOf(project).flatMap((stack): Holding[] => {
    if (!isAsked(stack)) return [];
    const file = stackFile(project, stack);
    const text = readIfThere(join(project.folder, file));
    const read = text === undefined ? {} : holdingIn(text, file);
    if ("problems" in read) problems.push(...read.problems);
    return "holding" in read && read.holding ? [read.holding] : [];
  });
  if (problems.length > 0) throw new UnusableInput(problems);
  return holdings;
}

/** Writes a file that is not there, whole or not at all. False, and nothing is written, if it is there. */
export function writeNew(file: string, text: string): boolean {
  const half = join(dirname(file), `.${basename(file)}.tmp`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(half, text);
  try {
    linkSync(half, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(half, { force: true });
  }
}

export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
