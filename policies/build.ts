// Builds the pack that `pulumi` starts: npm's `prepare` script runs it, `npm run prepare` does again.
import { join } from "node:path";
import { buildScript, writeSources } from "../sdks/esbuild/build";

/** Builds `dist/`: the pack, and the digests of what it was built of, by their paths from the repository. */
export async function buildPack(): Promise<void> {
  const dist = join(__dirname, "dist");
  const contents =
    'import "../sdks/pulumi/deferred.cjs";\nimport "../sdks/pulumi/endWithEngine.cjs";\nexport { startPack } from "./pack";\n';
  writeSources(dist, await buildScript(contents, __dirname, join(dist, "pack.cjs")));
}

if (require.main === module) void buildPack();
