import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";

interface Manifest {
  version: string;
  dependencies?: Record<string, string>;
}

const own = join(__dirname, "../..");

/**
 * Where npm gets this package from, for a package.json in a folder: from where this one came, be it a registry, a tarball or a
 * checkout.
 */
export function dependencyOf(folder: string): string {
  const { version } = manifestIn(own);
  if (basename(dirname(own)) !== "node_modules") return fileDependency(folder, own);
  const owner = resolve(own, "../..");
  const from = existsSync(join(owner, "package.json")) ? manifestIn(owner).dependencies?.groundwork : undefined;
  return from?.startsWith("file:") ? fileDependency(folder, resolve(owner, from.slice("file:".length))) : version;
}

/** Whether npm would link to it and not install it: what it depends on would not be found from outside. */
export function isCheckout(folder: string, dependency: string): boolean {
  if (!dependency.startsWith("file:")) return false;
  return statSync(resolve(folder, dependency.slice("file:".length)), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function fileDependency(folder: string, path: string): string {
  return `file:${relative(resolve(folder), path)}`;
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}
