#!/usr/bin/env bash
# Software:  etcd 3.7.3 (Go modules go.etcd.io/etcd)
# Guess:     a duration is written in the file as on the command line: 5m
# Behaviour: there is no one form. corrupt-check-time is a number of nanoseconds and refuses 5m; auto-compaction-retention is text and
#            refuses 5; heartbeat-interval is a number of milliseconds and refuses 100ms
# Output:    cannot unmarshal string into Go struct field … time.Duration; the file with 300000000000, 5m and 100 serves
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
for line in 'corrupt-check-time: 5m' 'auto-compaction-retention: 5' 'heartbeat-interval: 100ms'; do
  cat "$work/etcd.yaml" - <<<"$line" >"$work/wrong.yaml"
  if timeout 10 etcd --config-file="$work/wrong.yaml" >"$work/out" 2>&1; then changed "$line is taken"; fi
  grep -q 'cannot unmarshal' "$work/out" || changed "$line: $(tail -1 "$work/out")"
done
printf '%s\n' 'corrupt-check-time: 300000000000' 'auto-compaction-retention: 5m' 'heartbeat-interval: 100' >>"$work/etcd.yaml"
start_member "$work/data" "$port" --config-file="$work/etcd.yaml"
grep '"starting an etcd server"' "$work/data.log" | grep -q '"corrupt-check-time-interval":"5m0s"' || changed 'it is not five minutes'
printf 'ok: nanoseconds, text and milliseconds in one file\n'
