// Starts the pack as npm's `prepare` script built it from TypeScript, or says why it cannot.
const { join } = require("node:path");
const problemOf = require("../sdks/esbuild/changed.cjs");

/** @param preset the name of a preset; none for the pack alone */
module.exports = function start(preset) {
  // A pack that was built of other rules than those that lie beside it would judge by what nobody reads any more.
  const problem = problemOf(join(__dirname, "dist/pack.cjs"));
  if (problem !== undefined) {
    console.error(`policies: the pack cannot be used: ${problem}; run \`npm run prepare\` in ${join(__dirname, "..")}`);
    process.exit(1);
  }
  require("./dist/pack.cjs").startPack(preset, pages());
};

/** Where the rules' pages are, from the folder of the sites: in this one, or in an installed package. */
function pages() {
  const [, installed = "policies"] = /[\\/](node_modules[\\/].*)$/.exec(__dirname) ?? [];
  return join(installed, "../docs/policies");
}
