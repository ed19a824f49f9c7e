#!/usr/bin/env bash
# Software:  @pulumi/pulumi 3.248.0 (npm), Config.getNumber and requireNumber
# Guess:     the value is read whole, and an error where it is no number
# Behaviour: it is read as far as it is a number (parseFloat) and the rest is dropped: a decimal comma, a unit and a hexadecimal
#            number all pass and mean something else
# Output:    16GiB -> 16, 1,5 -> 1, 0x10 -> 0; abc is refused
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }
cd "$work"

npm install --silent --no-audit --no-fund @pulumi/pulumi@3.248.0
cat >read.cjs <<'EOF'
const { Config, runtime } = require("@pulumi/pulumi");
runtime.setAllConfig({ "site:memory": "16GiB", "site:cpus": "1,5", "site:unit": "0x10", "site:name": "abc" });
const config = new Config("site");
const read = (key) => {
  try {
    return config.requireNumber(key);
  } catch {
    return "refused";
  }
};
console.log(...["memory", "cpus", "unit", "name"].map(read));
EOF
seen=$(node read.cjs)
[[ $seen == "16 1 0 refused" ]] || changed "16GiB, 1,5, 0x10 and abc are $seen"
printf 'ok: 16GiB, 1,5, 0x10 and abc are %s\n' "$seen"
