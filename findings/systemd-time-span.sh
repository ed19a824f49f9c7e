#!/usr/bin/env bash
# Software:  systemd 252.38-1~deb12u1 (Debian 12), systemd-analyze timespan; the same code reads RandomizedDelaySec=, TimeoutStartSec= …
# Guess:     1h30 is an hour and a half, as people write it
# Behaviour: a number without a unit is seconds wherever it stands, so 1h30 is an hour and thirty seconds. Nothing is said
# Output:    Human: 1h 30s
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/debian-programs.sh
source ./programs/debian-programs.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

needs_debian systemd 252.38-1~deb12u1
systemd-analyze timespan 1h30 >"$work/span" || changed 'it is refused'
grep -q 'Human: 1h 30s' "$work/span" || changed "1h30 is $(grep Human "$work/span")"
printf 'ok: 1h30 is an hour and thirty seconds\n'
