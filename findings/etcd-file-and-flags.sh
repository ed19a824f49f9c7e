#!/usr/bin/env bash
# Software:  etcd 3.7.3 (Go modules go.etcd.io/etcd)
# Guess:     beside --config-file, flags and ETCD_ variables add to the file, and a flag wins
# Behaviour: with --config-file every other flag and every variable is passed over, without an error
# Output:    --name=flag --quota-backend-bytes=123456789 beside the file: "name":"file" and "quota-backend-bytes":2147483648
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
ETCD_SNAPSHOT_COUNT=77 start_member "$work/data" "$port" --config-file="$work/etcd.yaml" --name=flag --quota-backend-bytes=123456789
for field in '"name":"file"' '"quota-backend-bytes":2147483648' '"snapshot-count":10000'; do
  grep '"starting an etcd server"' "$work/data.log" | grep -q "$field" || changed "it does not start with $field"
done
printf 'ok: the file counts, two flags and a variable do not\n'
