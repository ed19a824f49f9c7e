#!/usr/bin/env bash
# Software:  cloud-init 22.4.2-1+deb12u4 (Debian 12), cloud-init schema --config-file
# Guess:     the schema finds a misspelt key, wherever it stands
# Behaviour: within a module it does; at the top level every key is allowed, because each module only knows its own. A file with
#            runcmdd: in the place of runcmd: is valid, and none of its commands will run
# Output:    Valid cloud-config: top.yaml (exit code 0); within write_files "Additional properties are not allowed ('contnt' was unexpected)"
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/cloud-init-package.sh
source ./programs/cloud-init-package.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

unpack_cloud_init "$work"
printf '#cloud-config\nruncmdd: [[touch, /done]]\n' >"$work/top.yaml"
printf '#cloud-config\nwrite_files: [{path: /done, contnt: x}]\n' >"$work/within.yaml"
cloud_python -m cloudinit.cmd.main schema --config-file "$work/top.yaml" >"$work/out" 2>&1 || changed "the top level is checked: $(tail -1 "$work/out")"
grep -q 'Valid cloud-config' "$work/out" || changed "$(tail -1 "$work/out")"
if cloud_python -m cloudinit.cmd.main schema --config-file "$work/within.yaml" >"$work/out" 2>&1; then changed 'a module is not checked'; fi
grep -q "'contnt' was unexpected" "$work/out" || changed "$(tail -1 "$work/out")"
printf 'ok: a misspelt key at the top level is valid, within write_files it is not\n'
