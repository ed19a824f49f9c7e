#!/usr/bin/env bash
# Software:  systemd 252.38-1~deb12u1 (Debian 12), systemd-analyze calendar and verify
# Guess:     Sat..Mon is the long weekend: a range of weekdays goes on over the end of the week
# Behaviour: the week ends with Sunday and a range does not go round. The event is refused, and a timer that has no other one is
#            not loaded; Sat,Sun,Mon is the same set of days and is taken
# Output:    Failed to parse calendar specification 'Sat..Mon 02:00': Invalid argument
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/debian-programs.sh
source ./programs/debian-programs.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

needs_debian systemd 252.38-1~deb12u1
systemd-analyze calendar 'Fri..Sun 02:00' >/dev/null || changed 'a range up to Sunday is refused'
systemd-analyze calendar 'Sat,Sun,Mon 02:00' >/dev/null || changed 'the list is refused'
if systemd-analyze calendar 'Sat..Mon 02:00' >"$work/out" 2>&1; then changed "Sat..Mon is taken: $(head -1 "$work/out")"; fi
grep -q 'Failed to parse calendar specification' "$work/out" || changed "$(head -1 "$work/out")"
printf 'ok: Sat..Mon is refused where Fri..Sun and Sat,Sun,Mon are taken\n'
