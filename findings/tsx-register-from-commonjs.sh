#!/usr/bin/env bash
# Software:  tsx 4.23.15 (npm) on Node.js 20
# Guess:     what `import { register } from "tsx/esm/api"` gives, `require("tsx/esm/api").register()` gives as well: the package exports both
# Behaviour: register() that came by require looks for its hooks in a folder that there is not and throws ERR_MODULE_NOT_FOUND; the one
#            that came by import() in the same CommonJS file works
# Output:    require: ERR_MODULE_NOT_FOUND; import: 42
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }
cd "$work"

npm install --silent --no-audit --no-fund tsx@4.23.15
printf 'export const answer: number = 42;\n' >answer.mts
printf 'require("tsx/esm/api").register();\nimport("./answer.mts").then(({ answer }) => console.log(answer));\n' >required.cjs
printf 'import("tsx/esm/api").then(({ register }) => {\n  register();\n  return import("./answer.mts");\n}).then(({ answer }) => console.log(answer));\n' >imported.cjs
if required=$(node required.cjs 2>&1); then changed "register() that was required works: $required"; fi
[[ $required == *ERR_MODULE_NOT_FOUND*esm/api/esm/index.mjs* ]] || changed "register() that was required says $required"
imported=$(node imported.cjs)
[[ $imported == 42 ]] || changed "register() that was imported gives $imported"
printf 'ok: tsx/esm/api is to be imported, from CommonJS too\n'
