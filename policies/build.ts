// Builds the pack that `pulumi` starts: npm's `prepare` script runs it, `npm run prepare` does again.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { buildSync } from "esbuild";

const root = join(__dirname, "..");

/**
 * Writes one JavaScript file that needs nothing but Pulumi's packages.
 *
 * @param contents what it does, in TypeScript, as a file in this folder
 * @returns the files of this repository that it is made of
 */
export function buildScript(contents: string, outfile: string): string[] {
  const { metafile, outputFiles } = buildSync({
    stdin: { contents, resolveDir: __dirname, loader: "ts" },
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    target: "node20",
    external: ["@pulumi/*"],
    outfile,
    metafile: true,
    write: false,
  });
  mkdirSync(dirname(outfile), { recursive: true });
  // Whoever starts it meanwhile gets the old one or the new one.
  writeFileSync(`${outfile}.${process.pid}`, outputFiles[0]?.contents ?? "");
  renameSync(`${outfile}.${process.pid}`, outfile);
  return Object.keys(metafile.inputs).filter((path) => !path.startsWith("node_modules/") && !path.startsWith("<"));
}

/** Builds `dist/`: the pack, and the digests of what it was built of, by their paths from the repository. */
export function buildPack(): void {
  const dist = join(__dirname, "dist");
  const sources = buildScript(
    'import "../sdks/pulumi/deferred.cjs";\nexport { startPack } from "./pack";\n',
    join(dist, "pack.cjs"),
  );
  const digests = sources.sort().map((path) => {
    const file = join(root, path);
    return [relative(root, file), createHash("sha256").update(readFileSync(file)).digest("hex")];
  });
  writeFileSync(join(dist, "sources.json"), `${JSON.stringify(Object.fromEntries(digests), null, 2)}\n`);
}

if (require.main === module) buildPack();
