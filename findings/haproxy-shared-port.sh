#!/usr/bin/env bash
# Software:  HAProxy 2.6.12-1+deb12u4 (Debian 12)
# Guess:     a second HAProxy on an address and port that the first listens on ends with "address already in use"
# Behaviour: it binds with SO_REUSEPORT, so both start with exit code 0 and the kernel deals connections out to both. A forgotten
#            old process answers a share of the requests with the old configuration; a frontend pasted twice passes -c, too
# Output:    of 40 connections to one port some reach the first process, some the second
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/debian-programs.sh
source ./programs/debian-programs.sh
work=$(mktemp -d)
end() {
  local file
  for file in "$work"/*.pid; do [[ ! -e $file ]] || kill "$(<"$file")"; done
  rm -rf "$work"
}
trap end EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

unpack_debian "$work" haproxy=2.6.12-1+deb12u4 liblua5.3-0 libopentracing-c-wrapper0 libopentracing1
haproxy() { LD_LIBRARY_PATH=$libraries "$work/usr/sbin/haproxy" "$@"; }
port=$((20000 + RANDOM % 10000))
for name in first second; do
  cat >"$work/$name.cfg" <<EOF
defaults
  mode http
  timeout connect 2s
  timeout client 2s
  timeout server 2s
frontend $name
  bind 127.0.0.1:$port
  http-request return status 200 content-type text/plain string $name
EOF
  haproxy -f "$work/$name.cfg" -D -p "$work/$name.pid" 2>"$work/error" || changed "the $name process does not start: $(head -1 "$work/error")"
done
for _ in {1..40}; do curl -s -m 2 "http://127.0.0.1:$port/" && echo; done >"$work/answers"
first=$(grep -c first "$work/answers" || true) second=$(grep -c second "$work/answers" || true)
[[ $first -gt 0 && $second -gt 0 ]] || changed "$first answers of the first process, $second of the second"
cat "$work/first.cfg" <(sed -n '/^frontend/,$p' "$work/second.cfg") >"$work/both.cfg"
haproxy -c -f "$work/both.cfg" >/dev/null 2>&1 || changed 'two frontends on one port are refused'
printf 'ok: two processes on one port, %s answers of the first and %s of the second\n' "$first" "$second"
