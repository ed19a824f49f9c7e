#!/usr/bin/env bash
# Software:  etcdctl 3.7.3 (Go modules go.etcd.io/etcd)
# Guess:     `etcdctl snapshot restore` and `snapshot status`, which moved to etcdutl, fail by now
# Behaviour: they print the help of `snapshot` and end with exit code 0. A restore script of former years goes through, and nothing was
#            restored; so does any misspelt word
# Output:    "Manages etcd node snapshots …", exit code 0, no data folder
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
etcdctl snapshot save "$work/snapshot.db" >/dev/null 2>&1
for word in restore status rstore; do
  etcdctl snapshot "$word" "$work/snapshot.db" >"$work/out" 2>&1 || changed "snapshot $word ends with $?: $(head -1 "$work/out")"
  grep -q 'Manages etcd node snapshots' "$work/out" || changed "snapshot $word: $(head -1 "$work/out")"
done
etcdutl snapshot restore "$work/snapshot.db" --data-dir="$work/restored" >/dev/null 2>&1
[[ -d $work/restored/member ]] || changed 'etcdutl restores nothing'
printf 'ok: snapshot restore and status of etcdctl print help and succeed\n'
