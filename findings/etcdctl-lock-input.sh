#!/usr/bin/env bash
# Software:  etcdctl 3.7.3 (Go modules go.etcd.io/etcd)
# Guess:     `etcdctl lock NAME COMMAND` is like env or flock: the command has the standard input of its caller
# Behaviour: it has none. Output, errors and the exit code are passed on, the input reads as empty, so a command that takes a script or an
#            archive from there does nothing and succeeds
# Output:    `cat` under the lock prints nothing for an input of "hello"; exit 7 is passed on
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
printf 'hello' >"$work/input"
[[ $(cat <"$work/input") == hello ]]
seen=$(etcdctl lock job -- cat <"$work/input")
[[ -z $seen ]] || changed "the command reads $seen"
code=0
etcdctl lock job -- sh -c 'exit 7' 2>/dev/null || code=$?
[[ $code -eq 7 ]] || changed "exit 7 becomes $code"
printf 'ok: the exit code is passed on, the input is not\n'
