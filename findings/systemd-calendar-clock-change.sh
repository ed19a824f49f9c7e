#!/usr/bin/env bash
# Software:  systemd 252.38-1~deb12u1 (Debian 12), systemd-analyze calendar; the same code reads OnCalendar= of timers
# Guess:     a timer at 02:30 local time runs late, or at 03:30, in the night in which clocks go from 02:00 to 03:00
# Behaviour: it does not run that day at all. 24 hours without a backup, once a year; what reads schedules in UTC has no such night
# Output:    *-*-* 02:30:00 Europe/Berlin, from Saturday noon before the change of 29 March 2026:
#            Next elapse: Mon 2026-03-30 00:30:00 UTC
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/debian-programs.sh
source ./programs/debian-programs.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

needs_debian systemd 252.38-1~deb12u1
TZ=UTC systemd-analyze calendar --base-time='2026-03-28 12:00:00 UTC' '*-*-* 02:30 Europe/Berlin' >"$work/next"
grep -q 'Next elapse: Mon 2026-03-30 00:30:00 UTC' "$work/next" || changed "$(grep 'Next elapse' "$work/next")"
printf 'ok: 02:30 in Berlin does not come on 29 March 2026, and the timer waits for the 30th\n'
