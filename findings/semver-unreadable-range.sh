#!/usr/bin/env bash
# Software:  semver 7.8.6 (npm); Masterminds/semver 3.4.0 (Go), which Helm reads ranges with
# Guess:     a range that cannot be read is an error, and a range that Helm takes can be read
# Behaviour: parts of a range are joined by a blank in npm's form, by a comma or a blank in Helm's. Handed the form with the comma,
#            satisfies() of npm does not complain: it answers false for every version. validRange() would have said null
# Output:    npm ">=1.36.0, <1.38.0" for 1.36.3: false; Go: true
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/go-programs.sh
source ./programs/go-programs.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

cat >"$work/main.go" <<'EOF'
package main

import (
	"fmt"

	"github.com/Masterminds/semver/v3"
)

func main() {
	wanted, err := semver.NewConstraint(">=1.36.0, <1.38.0")
	fmt.Println(err == nil && wanted.Check(semver.MustParse("1.36.3")))
}
EOF
helm=$(run_go "$work" github.com/Masterminds/semver/v3@v3.4.0)
[[ $helm == true ]] || changed "Go answers $helm"
cd "$work"
npm install --silent --no-audit --no-fund semver@7.8.6
seen=$(node -p 'const { satisfies, validRange } = require("semver");
  [satisfies("1.36.3", ">=1.36.0 <1.38.0"), satisfies("1.36.3", ">=1.36.0, <1.38.0"), validRange(">=1.36.0, <1.38.0")].join(" ")')
[[ $seen == "true false " ]] || changed "npm answers $seen"
printf 'ok: the range with a comma is true for Go, and false without an error for npm\n'
