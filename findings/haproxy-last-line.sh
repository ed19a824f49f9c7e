#!/usr/bin/env bash
# Software:  HAProxy 2.6.12-1+deb12u4 (Debian 12)
# Guess:     the newline after the last line of the configuration may be missing, as in most programs
# Behaviour: the file is refused, as it might have been cut off; it is an error, not a warning
# Output:    [ALERT] … parsing […:6]: Missing LF on last line, file might have been truncated at position 24.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/debian-programs.sh
source ./programs/debian-programs.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

unpack_debian "$work" haproxy=2.6.12-1+deb12u4 liblua5.3-0 libopentracing-c-wrapper0 libopentracing1
haproxy() { LD_LIBRARY_PATH=$libraries "$work/usr/sbin/haproxy" "$@"; }
printf '%s\n' 'defaults' '  timeout connect 2s' '  timeout client 2s' '  timeout server 2s' 'listen a' '  bind 127.0.0.1:20443' >"$work/whole.cfg"
haproxy -c -f "$work/whole.cfg" >/dev/null 2>&1 || changed 'the file with its newline is refused'
printf '%s' "$(<"$work/whole.cfg")" >"$work/cut.cfg"
if haproxy -c -f "$work/cut.cfg" >"$work/out" 2>&1; then changed 'the file without its newline is taken'; fi
grep -q 'Missing LF on last line' "$work/out" || changed "$(grep ALERT "$work/out")"
printf 'ok: a configuration without its last newline is refused\n'
