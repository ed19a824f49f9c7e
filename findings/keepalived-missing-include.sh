#!/usr/bin/env bash
# Software:  keepalived 1:2.2.7-1+b2 (Debian 12)
# Guess:     keepalived -t fails where a file that is included does not exist, as it does for an unknown keyword (exit code 5)
# Behaviour: it prints a line and ends with 0: a configuration without the instances that were in that file passes the check
# Output:    (Line 4) Config files missing '…/instances.conf'.   exit code 0; "Unknown keyword 'router_idd'" exit code 5
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/debian-programs.sh
source ./programs/debian-programs.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

unpack_debian "$work" keepalived=1:2.2.7-1+b2 libglib2.0-0 libmnl0 libnftnl11 libnl-3-200 libnl-genl-3-200 libpci3 \
  libperl5.36 libsensors5 libsnmp40 libwrap0 libnsl2
check() { LD_LIBRARY_PATH=$libraries "$work/usr/sbin/keepalived" -t -f "$1"; }
printf '%s\n' 'global_defs {' '  router_id a' '}' "include $work/instances.conf" >"$work/keepalived.conf"
check "$work/keepalived.conf" >"$work/out" 2>&1 || changed "a missing file is exit code $?"
grep -q 'Config files missing' "$work/out" || changed 'nothing is said of the missing file'
sed 's/router_id/router_idd/' "$work/keepalived.conf" >"$work/keyword.conf"
if check "$work/keyword.conf" >/dev/null 2>&1; then changed 'an unknown keyword is exit code 0'; fi
printf 'ok: a missing file is exit code 0, an unknown keyword is not\n'
