// Makes a pack that needs nothing of this repository, to be published or copied: npm run bundle:policies -- FOLDER [PRESET]
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildScript } from "../sdks/esbuild/build";
import { pages } from "./pages";

/** Writes the pack, with a preset if one is named, as one file with its package.json and the pages of its rules. */
export async function bundle(folder: string, preset?: string): Promise<void> {
  const { version, description, license, dependencies } = JSON.parse(
    readFileSync(join(__dirname, "package.json"), "utf8"),
  );
  const name = preset === undefined ? "groundwork-policies" : `groundwork-policies-${preset}`;
  mkdirSync(folder, { recursive: true });
  await buildScript(
    `import "../sdks/pulumi/deferred.cjs";\nimport "../sdks/pulumi/endWithEngine.cjs";\nimport { startPack } from "./pack";\nstartPack(${JSON.stringify(preset)}, "docs");\n`,
    __dirname,
    join(folder, "index.js"),
  );
  const manifest = { name, version, description, license, main: "index.js", dependencies };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(folder, "PulumiPolicy.yaml"), "runtime: nodejs\nmain: index.js\n");
  const readme = readFileSync(join(__dirname, "README.md"), "utf8");
  writeFileSync(join(folder, "README.md"), readme.replaceAll("../docs/policies/", "docs/"));
  mkdirSync(join(folder, "docs"), { recursive: true });
  for (const [name, text] of pages())
    writeFileSync(join(folder, "docs", name), text.replaceAll("../../policies/README.md", "../README.md"));
}

if (require.main === module) {
  const [folder, preset] = process.argv.slice(2);
  if (folder === undefined) {
    console.error("folder: none is given; run npm run bundle:policies -- FOLDER [PRESET]");
    process.exitCode = 2;
  } else void bundle(folder, preset);
}
