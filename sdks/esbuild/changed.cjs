const { createHash } = require("node:crypto");
const { existsSync, readFileSync } = require("node:fs");
const { join } = require("node:path");

/**
 * Whether what npm's `prepare` script built is what lies in the repository.
 *
 * @param {string} script the path of what was built, in `FOLDER/dist` of the repository; `sources.json` lies beside it
 * @returns {string | undefined} what is wrong with it; nothing for what is as it was built
 */
module.exports = function problemOf(script) {
  // Beside it, not beside this file: a copy of the one may lie with a link to the other.
  const root = join(script, "../../..");
  const sources = join(script, "../sources.json");
  if (!existsSync(script) || !existsSync(sources)) return "it is not built";
  const isChanged = ([path, digest]) => {
    const file = join(root, path);
    return existsSync(file) && createHash("sha256").update(readFileSync(file)).digest("hex") !== digest;
  };
  const changed = Object.entries(JSON.parse(readFileSync(sources, "utf8"))).find(isChanged);
  return changed && `${changed[0]} has changed since it was built`;
};
