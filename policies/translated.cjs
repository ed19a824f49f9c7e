// Loads TypeScript for what `pulumi` starts. The host of policy packs would check the types of every file that changed before it lets the pack
// start, which takes seconds; they are checked where they are written. Here files are only translated, and what was
// translated is kept beside the packages: the compiler itself takes longer to load than the pack.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { dirname, join } = require("node:path");
const { version } = require("typescript/package.json");

const packages = dirname(dirname(dirname(require.resolve("@pulumi/policy/package.json"))));
const kept = join(packages, ".cache/groundwork-policies");

require.extensions[".ts"] = (module, file) => {
  module._compile(translated(readFileSync(file, "utf8")), file);
};

function translated(text) {
  const name = createHash("sha256").update(version).update(text).digest("hex");
  try {
    return readFileSync(join(kept, name), "utf8");
  } catch {
    const { ModuleKind, ScriptTarget, transpileModule } = require("typescript");
    const { outputText } = transpileModule(text, {
      compilerOptions: {
        module: ModuleKind.CommonJS,
        target: ScriptTarget.ES2022,
        esModuleInterop: true,
        isolatedModules: true,
      },
    });
    keep(name, outputText);
    return outputText;
  }
}

/** A folder that cannot be written only costs time. */
function keep(name, text) {
  try {
    mkdirSync(kept, { recursive: true });
    writeFileSync(join(kept, `${name}.${process.pid}`), text);
    renameSync(join(kept, `${name}.${process.pid}`), join(kept, name));
  } catch {}
}
