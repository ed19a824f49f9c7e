import { basename, dirname, normalize, relative } from "node:path";
import { UnusableInput } from "../../site/description/unusableInput";
import { program as run } from "../process/program";
import { type Project, stackIn, stacksOf } from "./project";

/** The revision that a change starts from. */
export interface Base {
  /** As it was named: `origin/main`. */
  name: string;
  /** Where the change left it. */
  commit: string;
}

/** What a change touches. */
export interface Touched {
  stacks: string[];
  /** Stacks whose file is gone. */
  removed: string[];
  /** The program is changed, and with it every stack. */
  program: boolean;
}

/** Folders and files that decide what a stack's program makes, beside its own file. */
const programPaths = [
  "index.ts",
  "infra",
  "components",
  "site",
  "policies",
  "sdks",
  "Pulumi.yaml",
  "package.json",
  "package-lock.json",
];

/** Where the working tree left a revision. */
export async function baseOf({ folder }: Project, revision: string): Promise<Base> {
  const found = await git(folder, "merge-base", revision, "HEAD");
  if (found === undefined)
    throw new UnusableInput([
      {
        path: `--base ${revision}`,
        fact: "git knows no such revision, or none that this one comes from",
        fix: "fetch it with its history: `git fetch --unshallow origin`, or fetch-depth: 0 in a workflow",
      },
    ]);
  return { name: revision, commit: found.trim() };
}

/** The stacks that differ between the base and the working tree: by their own file, or all by the program. */
export async function touchedSince(project: Project, { commit }: Base): Promise<Touched> {
  const { folder, stackFolder } = project;
  const names = async (...args: string[]) => ((await git(folder, ...args, "-z", "--", ".")) ?? "").split("\0");
  const listed = await names("diff", "--name-status", "--no-renames", "--relative", commit);
  const changes: { status: string; path: string }[] = [];
  for (let i = 0; i + 1 < listed.length; i += 2) changes.push({ status: listed[i] ?? "", path: listed[i + 1] ?? "" });
  const untracked = await names("ls-files", "--others", "--exclude-standard");
  for (const path of untracked.filter(Boolean)) changes.push({ status: "A", path });
  const program = changes.some(({ path }) => programPaths.some((part) => path === part || path.startsWith(`${part}/`)));
  const own = changes
    .filter(({ path }) => normalize(dirname(path)) === normalize(stackFolder))
    .map(({ status, path }) => ({ status, stack: stackIn(basename(path)) }));
  const removed = own.filter(({ status }) => status === "D").flatMap(({ stack }) => stack ?? []);
  const changed = own.filter(({ status }) => status !== "D").flatMap(({ stack }) => stack ?? []);
  return { stacks: program ? stacksOf(project) : [...new Set(changed)].sort(), removed, program };
}

/** A file of the project as it was at the base; none if it was not there. */
export function fileAt({ folder }: Project, { commit }: Base, file: string): Promise<string | undefined> {
  return git(folder, "show", `${commit}:./${relative(".", file)}`);
}

/** None if git fails. */
async function git(folder: string, ...args: string[]): Promise<string | undefined> {
  const { code, stdout } = await run("git", args, { cwd: folder, absent: "install git" });
  return code === 0 ? stdout : undefined;
}
