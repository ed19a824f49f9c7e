#!/usr/bin/env bash
# Software:  etcdctl 3.7.3 (Go modules go.etcd.io/etcd)
# Guess:     when the lock is lost, because its lease ended, `etcdctl lock NAME COMMAND` ends the command or at least fails
# Behaviour: the command goes on, another client gets the lock meanwhile, and the first ends with the command's exit code 0. Two run at
#            once; what must not happen twice needs a check of its own
# Output:    first starts, second has the lock, first ends, exit code 0
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
etcdctl lock job -- sh -c "echo first starts >>$work/log; sleep 8; echo first ends >>$work/log" 2>"$work/error" &
first=$!
for _ in {1..50}; do
  [[ ! -e $work/log ]] || break
  sleep 0.1
done
etcdctl lease revoke "$(etcdctl lease list | tail -1)" >/dev/null
timeout 7 etcdctl lock job -- sh -c "echo second has the lock >>$work/log" || changed 'nobody else gets the lock'
code=0
wait "$first" || code=$?
[[ $code -eq 0 ]] || changed "the first ends with $code: $(tail -1 "$work/error")"
[[ $(paste -sd, "$work/log") == "first starts,second has the lock,first ends" ]] || changed "$(paste -sd, "$work/log")"
printf 'ok: %s, exit code 0\n' "$(paste -sd, "$work/log")"
