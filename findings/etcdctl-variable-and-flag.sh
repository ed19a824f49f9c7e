#!/usr/bin/env bash
# Software:  etcdctl 3.7.3 (Go modules go.etcd.io/etcd)
# Guess:     a flag wins over the variable of the same name, as in nearly every program
# Behaviour: both together are a fatal error, also where they have the same value. A script that is run where ETCDCTL_ENDPOINTS is set
#            fails at each call with --endpoints
# Output:    conflicting environment variable is shadowed by corresponding command-line flag; exit code 1
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
etcdctl --endpoints="$client" endpoint health >"$work/out" 2>&1 || changed "the flag alone fails: $(tail -1 "$work/out")"
ETCDCTL_ENDPOINTS=$client etcdctl endpoint health >"$work/out" 2>&1 || changed "the variable alone fails: $(tail -1 "$work/out")"
if ETCDCTL_ENDPOINTS=$client etcdctl --endpoints="$client" endpoint health >"$work/out" 2>&1; then changed 'both together are taken'; fi
grep -q 'conflicting environment variable' "$work/out" || changed "$(tail -1 "$work/out")"
printf 'ok: flag and variable together are refused\n'
