// Builds the program that `pulumi` runs: npm's `prepare` script runs it, `npm run prepare` does again.
import { join } from "node:path";
import { buildScript, writeSources } from "../sdks/esbuild/build";

/** Builds `dist/`: the program, and the digests of what it was built of. */
export async function buildProgram(): Promise<void> {
  const dist = join(__dirname, "dist");
  const contents = 'module.exports = require("./index");\n';
  writeSources(dist, await buildScript(contents, __dirname, join(dist, "program.cjs")));
}

if (require.main === module) void buildProgram();
