#!/usr/bin/env bash
# Software:  semver 7.8.6 (npm)
# Guess:     >=1.36 and >=1.36.0 are the same range, as the missing part counts as zero
# Behaviour: with includePrerelease they differ: >=1.36 takes 1.36.0-rc.1 in, >=1.36.0 leaves it out. A part that is missing is a
#            wildcard, and the floor of a wildcard is the lowest prerelease
# Output:    >=1.36 true, >=1.36.0 false
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }
cd "$work"

npm install --silent --no-audit --no-fund semver@7.8.6
cat >floors.cjs <<'EOF'
const { satisfies } = require("semver");
const answer = (range) => `${range} ${satisfies("1.36.0-rc.1", range, { includePrerelease: true })}`;
console.log([">=1.36", ">=1.36.0"].map(answer).join(", "));
EOF
seen=$(node floors.cjs)
[[ $seen == ">=1.36 true, >=1.36.0 false" ]] || changed "$seen"
printf 'ok: for 1.36.0-rc.1 with prereleases included: %s\n' "$seen"
