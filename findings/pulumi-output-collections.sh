#!/usr/bin/env bash
# Software:  @pulumi/pulumi 3.248.0 (npm), pulumi.output
# Guess:     a value that goes into output() comes out as it was, or is refused
# Behaviour: only arrays and plain objects are walked; everything else with type "object" is rebuilt from its own properties. A Map,
#            a Set and a Date come out as {}, without a warning, and an output within a Map is gone with it
# Output:    Map {} Set {} Date {} array ["a"]
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }
cd "$work"

npm install --silent --no-audit --no-fund @pulumi/pulumi@3.248.0
cat >read.cjs <<'EOF'
const { output } = require("@pulumi/pulumi");
output({ map: new Map([["a", output(1)]]), set: new Set(["a"]), date: new Date(0), array: ["a"] }).apply((value) =>
  console.log("Map", JSON.stringify(value.map), "Set", JSON.stringify(value.set), "Date", JSON.stringify(value.date),
    "array", JSON.stringify(value.array)),
);
EOF
seen=$(node read.cjs)
[[ $seen == 'Map {} Set {} Date {} array ["a"]' ]] || changed "$seen"
printf 'ok: %s\n' "$seen"
