#!/usr/bin/env node
// Runs the commands as npm's `prepare` script built them; after a change of their sources as they are, in TypeScript.
const { join } = require("node:path");
const problemOf = require("../sdks/esbuild/changed.cjs");

const built = join(__dirname, "dist/groundwork.cjs");
if (problemOf(built) === undefined) require(built);
else {
  // Both: what a command needs is loaded by `import` when it is asked for, all else by `require`.
  require("tsx/cjs");
  import("tsx/esm/api").then(({ register }) => {
    register();
    require("./groundwork.ts");
  });
}
