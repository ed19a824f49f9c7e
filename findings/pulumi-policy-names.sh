#!/usr/bin/env bash
# Software:  @pulumi/policy 1.21.0 and @pulumi/pulumi 3.248.0 (npm)
# Guess:     two policies of one name in a pack are refused when the pack is made, as names are what its configuration goes by
# Behaviour: they are taken, both are asked, and one entry of the configuration settles both: whoever switches off the first has switched
#            off the second, too
# Output:    policies: a a, said: a a; with {"a": "disabled"} said: nothing
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/policy-server.sh
source ./programs/policy-server.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

cat >"$work/pack.cjs" <<'EOF'
const { PolicyPack } = require("@pulumi/policy");
const policy = { name: "a", description: "says something", enforcementLevel: "mandatory" };
const validateResource = (_, report) => report("said");
new PolicyPack("pack", { policies: [{ ...policy, validateResource }, { ...policy, validateResource }] });
EOF
seen=$(ask_policies "$work" '' | paste -sd,) || changed 'the pack is refused'
[[ $seen == "policies: a a,said: a a" ]] || changed "$seen"
seen=$(ask_policies "$work" a | paste -sd,) || changed 'the configuration is refused'
[[ $seen == "policies: a a,said: " ]] || changed "$seen"
printf 'ok: two policies of one name are taken, and switched off together\n'
