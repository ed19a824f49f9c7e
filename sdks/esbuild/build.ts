import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildSync } from "esbuild";

const root = join(__dirname, "../..");

/**
 * Writes one JavaScript file that needs nothing but Pulumi's packages.
 *
 * @param contents what it does, in TypeScript, as a file in `folder`
 * @returns the files of this repository that it is made of, by their paths from the repository
 */
export function buildScript(contents: string, folder: string, outfile: string): string[] {
  const { metafile, outputFiles } = buildSync({
    stdin: { contents, resolveDir: folder, loader: "ts" },
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    target: "node20",
    external: ["@pulumi/*"],
    outfile,
    metafile: true,
    write: false,
  });
  replace(outfile, outputFiles[0]?.contents ?? "");
  return Object.keys(metafile.inputs).filter((path) => !path.startsWith("node_modules/") && !path.startsWith("<"));
}

/** Writes `sources.json` beside what was built: the digests of what it was built of, which `changed.cjs` compares. */
export function writeSources(dist: string, sources: string[]): void {
  const digest = (path: string) =>
    createHash("sha256")
      .update(readFileSync(join(root, path)))
      .digest("hex");
  const digests = Object.fromEntries(sources.sort().map((path) => [path, digest(path)]));
  replace(join(dist, "sources.json"), `${JSON.stringify(digests, null, 2)}\n`);
}

/** Writes a file, with its folder. Whoever reads it meanwhile gets the old one or the new one. */
export function replace(file: string, contents: string | Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, contents);
  renameSync(`${file}.${process.pid}`, file);
}
