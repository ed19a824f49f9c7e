#!/usr/bin/env bash
# Software:  systemd 252.38-1~deb12u1 (Debian 12), systemd-analyze verify
# Guess:     it ends with an error for a unit with a misspelt setting or section, so CI can rely on its exit code
# Behaviour: it prints a line for each and ends with 0. The setting is ignored, as it will be at run time; only a program that does
#            not exist, or a unit that cannot be loaded, makes it fail
# Output:    backup.service:4: Unknown key 'RestartSecs' in section [Service], ignoring.
#            backup.service:5: Unknown section 'Instal'. Ignoring.
#            exit code 0
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/debian-programs.sh
source ./programs/debian-programs.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

needs_debian systemd 252.38-1~deb12u1
printf '%s\n' '[Service]' 'Type=simple' 'ExecStart=/bin/true' 'RestartSecs=5' '[Instal]' 'WantedBy=multi-user.target' >"$work/backup.service"
systemd-analyze verify "$work/backup.service" >"$work/out" 2>&1 || changed "it ends with $?: $(head -1 "$work/out")"
grep -q "Unknown key 'RestartSecs'" "$work/out" || changed 'nothing is said of the key'
grep -q "Unknown section 'Instal'" "$work/out" || changed 'nothing is said of the section'
sed -i 's|/bin/true|/nonexistent/program|' "$work/backup.service"
if systemd-analyze verify "$work/backup.service" >/dev/null 2>&1; then changed 'a missing program is no error any more'; fi
printf 'ok: a misspelt key and a misspelt section are exit code 0, a missing program is not\n'
