#!/usr/bin/env bash
# Software:  @pulumi/policy 1.21.0 and @pulumi/pulumi 3.248.0 (npm)
# Guess:     a policy that has no validateResource, validateStack or remediateResource is refused, or says that it checks nothing
# Behaviour: it is listed like every other, with its enforcement level, and passes everything; so does one whose function has a
#            misspelt name
# Output:    policies: none misspelt works, said: works
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/policy-server.sh
source ./programs/policy-server.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

cat >"$work/pack.cjs" <<'EOF'
const { PolicyPack } = require("@pulumi/policy");
const policy = (name, more) => ({ name, description: "says something", enforcementLevel: "mandatory", ...more });
const check = (_, report) => report("said");
new PolicyPack("pack", {
  policies: [policy("none"), policy("misspelt", { validateResouce: check }), policy("works", { validateResource: check })],
});
EOF
seen=$(ask_policies "$work" '' | paste -sd,) || changed 'the pack is refused'
[[ $seen == "policies: none misspelt works,said: works" ]] || changed "$seen"
printf 'ok: a policy without a check is listed, and passes everything\n'
