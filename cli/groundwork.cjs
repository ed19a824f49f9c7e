#!/usr/bin/env node
// Runs the commands as npm's `prepare` script built them; after a change of their sources as they are, in TypeScript.
const { join } = require("node:path");
const problemOf = require("../sdks/esbuild/changed.cjs");

const built = join(__dirname, "dist/groundwork.cjs");
if (problemOf(built) === undefined) require(built);
else {
  require("tsx/cjs");
  require("./groundwork.ts");
}
