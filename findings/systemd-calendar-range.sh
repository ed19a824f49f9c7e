#!/usr/bin/env bash
# Software:  systemd 252.38-1~deb12u1 (Debian 12), systemd-analyze calendar
# Guess:     02:00..04:30 is a span of time from two until half past four, as Mon..Fri is a span of days
# Behaviour: a range belongs to the field that it stands in. This is hour 2, minutes 00 to 04, second 30: five moments within five
#            minutes. It is accepted without a word
# Output:    Next elapse: Sun 2026-03-29 02:00:30 UTC; Iter. #2: 02:01:30 … Iter. #6: Mon 2026-03-30 02:00:30
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/debian-programs.sh
source ./programs/debian-programs.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

needs_debian systemd 252.38-1~deb12u1
TZ=UTC systemd-analyze calendar --base-time='2026-03-28 12:00:00 UTC' --iterations=6 '*-*-* 02:00..04:30' >"$work/next" ||
  changed 'it is refused'
times=$(grep -oE '0[0-9]:[0-9]{2}:[0-9]{2} UTC' "$work/next" | cut -d' ' -f1 | paste -sd' ')
[[ $times == "02:00:30 02:01:30 02:02:30 02:03:30 02:04:30 02:00:30" ]] || changed "it elapses at $times"
printf 'ok: 02:00..04:30 elapses at %s\n' "$times"
