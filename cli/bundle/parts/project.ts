import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Run } from "../../../image/build/run";
import { unusable } from "../../../site/description/unusableInput";
import { program } from "../../process/program";
import type { Part } from "../contents";
import type { Layout } from "../layout";
import { PACKED, packed } from "./pack";

/** The owner's project as version control has it, and the packages that it needs. */
export interface Project {
  name: string;
  version: string;
  /** By their paths in its folder. */
  files: string[];
  packages: string[];
}

/**
 * What of a project goes into a bundle: what git tracks, the site's own file, what was built of it, and the packages that it is not only
 * developed with. Nothing else that lies about: no kubeconfig, no key.
 *
 * @throws UnusableInput for a folder that is no project
 */
export async function projectHere(folder: string, also: readonly string[]): Promise<Project> {
  const tracked = await program("git", ["-C", folder, "ls-files", "-z"], { absent: "apt-get install git" });
  if (tracked.code !== 0)
    throw unusable(
      folder,
      "it is no git repository: what belongs to the project is not known",
      "git init, add, commit",
    );
  const file = join(folder, "package.json");
  if (!existsSync(file)) throw unusable(file, "there is no such file", "run the command in the project's folder");
  const { name = "project", version = "0" } = JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
  const listed = await program("npm", ["ls", "--omit=dev", "--all", "--parseable"], {
    cwd: folder,
    absent: "install npm",
  });
  const packages = listed.stdout
    .split("\n")
    .map((path) => relative(folder, path))
    .filter((path) => path.startsWith("node_modules/") && existsSync(join(folder, path)));
  if (packages.length === 0) throw unusable(join(folder, "node_modules"), "no package is there", "run `npm ci`");
  const files = new Set([...tracked.stdout.split("\0").filter(Boolean), ...also, ...built(folder)]);
  return {
    name,
    version,
    files: [...files].filter((path) => existsSync(join(folder, path))),
    packages: topmost(packages),
  };
}

/** Packs a project and its packages. */
export async function projectParts(
  layout: Layout,
  folder: string,
  { name, version, files, packages }: Project,
  work: string,
  run: Run,
): Promise<Part[]> {
  const parts: Part[] = [];
  for (const [kind, paths] of [
    ["project", files],
    ["packages", packages],
  ] as const) {
    const file = join(work, `${kind}.tar.zst`);
    await packed(folder, paths, file, run);
    parts.push({ kind, name, version, descriptor: await layout.take(file, PACKED) });
  }
  return parts;
}

/** What npm's `prepare` script makes is not tracked, and spares the site a compiler's time. */
function built(folder: string): string[] {
  return ["cli", "infra", "policies"]
    .map((room) => join(room, "dist"))
    .filter((dist) => existsSync(join(folder, dist)))
    .flatMap((dist) => readdirSync(join(folder, dist)).map((name) => join(dist, name)));
}

/** A folder has all that is below it. */
function topmost(paths: string[]): string[] {
  const sorted = [...new Set(paths)].sort();
  return sorted.filter((path) => !sorted.some((other) => other !== path && path.startsWith(`${other}/`)));
}
