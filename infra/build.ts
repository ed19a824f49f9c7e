// Builds the program that `pulumi` runs: npm's `prepare` script runs it, `npm run prepare` does again.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildScript, replace, writeSources } from "../sdks/esbuild/build";

const shell = "site/render/shell";

/** Builds `dist/`: the program, the shell programs that it reads from beside it, and the digests of what it was built of. */
export function buildProgram(): void {
  const dist = join(__dirname, "dist");
  const sources = buildScript('module.exports = require("./index");\n', __dirname, join(dist, "program.cjs"));
  const scripts = readdirSync(join(__dirname, "..", shell)).filter((name) => name.endsWith(".sh"));
  for (const name of scripts) replace(join(dist, name), readFileSync(join(__dirname, "..", shell, name)));
  writeSources(dist, [...sources, ...scripts.map((name) => `${shell}/${name}`)]);
}

if (require.main === module) buildProgram();
