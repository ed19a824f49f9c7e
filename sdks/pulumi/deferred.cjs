// What Pulumi's SDK loads at its start and hardly anything needs: the Automation API, and what packs functions for dynamic
// resources, with a compiler and npm's dependency resolver. Each is loaded only when somebody uses it, which saves every
// program most of the processor time until it begins to run: docs/decisions/program.md says why.
const { dirname } = require("node:path");

/** Modules, with the functions that others take out of them at once. */
const modules = {
  "automation/index.js": [],
  "runtime/closure/codePaths.js": ["computeCodePaths"],
  "runtime/closure/parseFunction.js": [],
};
const sdk = dirname(require.resolve("@pulumi/pulumi/package.json"));

for (const [module, functions] of Object.entries(modules)) {
  let file;
  try {
    file = require.resolve(`${sdk}/${module}`);
  } catch {
    continue; // An SDK without it loads as it always did.
  }
  let loaded;
  const load = () => {
    if (loaded === undefined) {
      delete require.cache[file];
      loaded = require(file);
    }
    return loaded;
  };
  const read = (_, name) => {
    if (name === "__esModule") return true;
    return functions.includes(name) ? (...args) => load()[name](...args) : load()[name];
  };
  require.cache[file] ??= {
    id: file,
    filename: file,
    loaded: true,
    exports: new Proxy({}, { get: read }),
    children: [],
    paths: [],
  };
}
