#!/usr/bin/env bash
# Software:  cloud-init 22.4.2-1+deb12u4 (Debian 12), write_files
# Guess:     permissions: 600 means what chmod 600 means
# Behaviour: only text is read as octal. A bare 600 is a decimal number, which is mode 1130: its owner may run the file, its group
#            may write and run it, and nobody may read it. A bare 0600 is right, as YAML 1.1 itself reads it as octal
# Output:    600 -> 0o1130, 0600 -> 0o600, "600" -> 0o600
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/cloud-init-package.sh
source ./programs/cloud-init-package.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

unpack_cloud_init "$work"
cat >"$work/modes.py" <<'EOF'
import yaml
from cloudinit.config.cc_write_files import decode_perms
text = 'bare: 600\nzero: 0600\nquoted: "600"\n'
print(*(f"{key}={oct(decode_perms(value, None))}" for key, value in yaml.safe_load(text).items()))
EOF
seen=$(cloud_python "$work/modes.py")
[[ $seen == "bare=0o1130 zero=0o600 quoted=0o600" ]] || changed "$seen"
printf 'ok: %s\n' "$seen"
