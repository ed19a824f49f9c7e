// Builds the command `groundwork`: npm's `prepare` script runs it, `npm run prepare` does again.
import { join } from "node:path";
import { buildScript, writeSources } from "../sdks/esbuild/build";

/** Builds `dist/`: the command, and the digests of what it was built of. */
export async function buildCommand(): Promise<void> {
  const dist = join(__dirname, "dist");
  writeSources(dist, await buildScript('import "./groundwork";\n', __dirname, join(dist, "groundwork.cjs")));
}

if (require.main === module) void buildCommand();
