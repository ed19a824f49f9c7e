import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { build, type Plugin } from "esbuild";

const root = join(__dirname, "../..");

/**
 * Writes one JavaScript file that needs nothing but Pulumi's packages, and what some commands ask for when they are run.
 *
 * @param contents what it does, in TypeScript, as a file in `folder`
 * @returns the files of this repository that it is made of, by their paths from the repository
 */
export async function buildScript(contents: string, folder: string, outfile: string): Promise<string[]> {
  const { metafile, outputFiles } = await build({
    stdin: { contents, resolveDir: folder, loader: "ts" },
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    target: "node20",
    external: ["@pulumi/*", "@temporalio/*", "pdfjs-dist", "playwright-core", "tsx"],
    plugins: [ownFolders(dirname(outfile))],
    outfile,
    metafile: true,
    write: false,
  });
  replace(outfile, outputFiles[0]?.contents ?? "");
  return Object.keys(metafile.inputs).filter((path) => !path.startsWith("node_modules/") && !path.startsWith("<"));
}

/** In a file of this repository `__dirname` stays the folder where that file lies. */
function ownFolders(dist: string): Plugin {
  return {
    name: "own-folders",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const text = readFileSync(path, "utf8");
        const folder = JSON.stringify(relative(dist, dirname(path)));
        const own = `require("node:path").join(__dirname, ${folder})`;
        return { loader: "ts", contents: text.replaceAll(/\b__dirname\b/g, own) };
      });
    },
  };
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
