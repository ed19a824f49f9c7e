// Starts the pack as npm's `prepare` script built it from TypeScript, or says why it cannot.
const { createHash } = require("node:crypto");
const { existsSync, readFileSync } = require("node:fs");
const { join } = require("node:path");

const dist = join(__dirname, "dist");

/** @param preset the name of a preset; none for the pack alone */
module.exports = function start(preset) {
  const problem = problemOf();
  if (problem !== undefined) {
    console.error(`policies: ${problem}; run \`npm run prepare\` in ${join(__dirname, "..")}`);
    process.exit(1);
  }
  require("./dist/pack.cjs").startPack(preset, pages());
};

/** Where the rules' pages are, from the folder of the sites: in this one, or in an installed package. */
function pages() {
  const [, installed = "policies"] = /[\\/](node_modules[\\/].*)$/.exec(__dirname) ?? [];
  return join(installed, "../docs/policies");
}

/** A pack that was built of other rules than those that lie beside it would judge by what nobody reads any more. */
function problemOf() {
  if (!existsSync(join(dist, "pack.cjs"))) return "the pack is not built";
  const sources = JSON.parse(readFileSync(join(dist, "sources.json"), "utf8"));
  const isChanged = ([path, digest]) => {
    const file = join(__dirname, "..", path);
    return existsSync(file) && createHash("sha256").update(readFileSync(file)).digest("hex") !== digest;
  };
  const changed = Object.entries(sources).find(isChanged);
  return changed && `${changed[0]} has changed since the pack was built`;
}
