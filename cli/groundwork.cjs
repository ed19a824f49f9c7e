#!/usr/bin/env node
// Runs the TypeScript commands as they are, without a build step.
require("tsx/cjs");
require("./groundwork.ts");
