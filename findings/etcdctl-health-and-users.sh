#!/usr/bin/env bash
# Software:  etcd and etcdctl 3.7.3 (Go modules go.etcd.io/etcd)
# Guess:     `etcdctl endpoint health` needs no user, as /health needs none
# Behaviour: it reads a key. Once authentication is on, it says unhealthy without a user, and healthy with any user, also one that may
#            read nothing; /health says true all the time
# Output:    unhealthy: failed to commit proposal: etcdserver: user name is empty; {"health":"true","reason":""}
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/etcd-module.sh
source ./programs/etcd-module.sh
work=$(mktemp -d)
members=()
trap 'stop_members; rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

build_etcd "$work" 3.7.3
port=$(free_port)
mapfile -t options < <(member_options a "$port")
start_member "$work/a" "$port" "${options[@]}" --data-dir="$work/a" --initial-cluster="a=http://127.0.0.1:$((port + 1))"
client=http://127.0.0.1:$port
export ETCDCTL_ENDPOINTS=$client
for name in root nobody; do etcdctl user add "$name:secret" >/dev/null; done
etcdctl user grant-role root root >/dev/null
etcdctl auth enable >/dev/null
if etcdctl endpoint health >"$work/out" 2>&1; then changed 'it is healthy without a user'; fi
grep -q 'unhealthy: .*user name is empty' "$work/out" || changed "$(tail -1 "$work/out")"
etcdctl --user=nobody:secret endpoint health >"$work/out" 2>&1 || changed "a user without a role: $(tail -1 "$work/out")"
[[ $(curl -s -m 5 "$client/health") == '{"health":"true","reason":""}' ]] || changed '/health does not say true'
printf 'ok: unhealthy without a user, healthy with one that may read nothing, and /health is true\n'
