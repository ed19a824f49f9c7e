#!/usr/bin/env bash
# Software:  etcd 3.7.3 (Go modules go.etcd.io/etcd)
# Guess:     an option that etcd 3.7 has removed, or a misspelt one, is refused in a configuration file as it is on the command line
# Behaviour: the command line refuses it with exit code 2; in the file it is passed over without a word. A file of etcd 3.5 that is kept
#            loses experimental-initial-corrupt-check, and with it the check, in silence
# Output:    flag provided but not defined: -experimental-initial-corrupt-check; with the file it serves, "feature-gates":""
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
cat >"$work/etcd.yaml" <<EOF
name: file
data-dir: $work/data
listen-client-urls: http://127.0.0.1:$port
advertise-client-urls: http://127.0.0.1:$port
listen-peer-urls: http://127.0.0.1:$((port + 1))
initial-advertise-peer-urls: http://127.0.0.1:$((port + 1))
initial-cluster: file=http://127.0.0.1:$((port + 1))
EOF
code=0
etcd --experimental-initial-corrupt-check --data-dir="$work/flag" >"$work/out" 2>&1 || code=$?
[[ $code -eq 2 ]] || changed "the flag ends with $code: $(head -1 "$work/out")"
grep -q 'flag provided but not defined' "$work/out" || changed "$(head -1 "$work/out")"
printf '%s\n' 'experimental-initial-corrupt-check: true' 'quota-backend-byte: 4294967296' >>"$work/etcd.yaml"
start_member "$work/data" "$port" --config-file="$work/etcd.yaml"
grep '"starting an etcd server"' "$work/data.log" >"$work/start"
grep -q '"feature-gates":""' "$work/start" || changed 'a feature gate is on'
grep -q '"quota-backend-bytes":2147483648' "$work/start" || changed 'the misspelt quota counts'
if grep -qi 'unknown\|quota-backend-byte"\|experimental-initial-corrupt-check' "$work/data.log"; then changed 'it says something of the keys'; fi
printf 'ok: the flag is refused, the same key in a file is passed over\n'
