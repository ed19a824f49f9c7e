// What the program is started with: see `nodeargs` in Pulumi.yaml.
require("../sdks/pulumi/deferred.cjs");
require("../sdks/pulumi/endWithEngine.cjs");
const { join } = require("node:path");
const problemOf = require("../sdks/esbuild/changed.cjs");

const program = join(__dirname, "index.ts");
const built = join(__dirname, "dist/program.cjs");

// Compiling a program of two hundred files at each run takes a tenth of a preview: it is taken as npm's `prepare` script built it.
// After a change, and for what an owner writes round it, TypeScript is compiled by tsx.
const isBuilt = problemOf(built) === undefined;
let compile = (module, file) => {
  require("tsx/cjs");
  compile = require.extensions[".ts"];
  require.extensions[".ts"] = load;
  compile(module, file);
};
function load(module, file) {
  if (isBuilt && file === program) module.exports = require(built);
  else compile(module, file);
}
require.extensions[".ts"] = load;
