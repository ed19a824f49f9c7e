import { createHash } from "node:crypto";
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";

/** Digests of files and folders by what is in them. Each file is read once: ask a new one whether something has changed. */
export class Digests {
  private readonly files = new Map<string, string>();

  /** Of a file; `absent` if there is none. */
  file(path: string): string {
    const known = this.files.get(path);
    if (known !== undefined) return known;
    const digest = digestOf(contentOf(path) ?? "absent");
    this.files.set(path, digest);
    return digest;
  }

  /** Of everything below a folder, links followed, except repositories, packages and what is left out. */
  folder(path: string, leftOut: (path: string) => boolean = () => false): string {
    const found: [string, string][] = [];
    this.walk(path, "", leftOut, [], found);
    return digestOf(found);
  }

  private walk(
    folder: string,
    below: string,
    leftOut: (path: string) => boolean,
    around: readonly string[],
    found: [string, string][],
  ): void {
    const real = realpathSync(folder);
    if (around.includes(real)) return; // a link to a folder that it lies in
    for (const name of readdirSync(real).sort()) {
      const [path, label] = [join(folder, name), below === "" ? name : `${below}/${name}`];
      if (notWatched.has(name) || leftOut(path)) continue;
      const kind = statSync(path, { throwIfNoEntry: false });
      if (kind?.isDirectory()) this.walk(path, label, leftOut, [...around, real], found);
      // Sockets and the like hold nothing; a link to nothing may lead somewhere later.
      else if (kind === undefined || kind.isFile()) found.push([label, this.file(path)]);
    }
  }
}

/** Packages are watched by what is loaded of them. */
const notWatched: ReadonlySet<string> = new Set([".git", "node_modules"]);

export function digestOf(value: unknown): string {
  const bytes = Buffer.isBuffer(value) ? value : JSON.stringify(value);
  return createHash("sha256").update(bytes).digest("hex");
}

function contentOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
