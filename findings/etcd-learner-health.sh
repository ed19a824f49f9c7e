#!/usr/bin/env bash
# Software:  etcd and etcdctl 3.7.3 (Go modules go.etcd.io/etcd)
# Guess:     a learner that has caught up is healthy, and everything that is asked for its health says the same
# Behaviour: three answers at once: /health true with 200, /readyz 503 because of non_learner, `etcdctl endpoint health` unhealthy and
#            exit code 1, also for a whole cluster with --cluster. Alarms and gates made of the last see a fault during every replacement
# Output:    {"health":"true","reason":""} 200; [-]non_learner failed: not supported for learner 503; "rpc not supported for learner"
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
other=$(free_port)
etcdctl --endpoints="$client" member add b --learner --peer-urls="http://127.0.0.1:$((other + 1))" >/dev/null
mapfile -t options < <(member_options b "$other")
start_member "$work/b" "$other" "${options[@]}" --data-dir="$work/b" --initial-cluster-state=existing \
  --initial-cluster="a=http://127.0.0.1:$((port + 1)),b=http://127.0.0.1:$((other + 1))"
learner=http://127.0.0.1:$other
for _ in {1..50}; do
  health=$(curl -s -m 2 -w ' %{http_code}' "$learner/health")
  [[ $health != *' 200' ]] || break
  sleep 0.2
done
[[ $health == '{"health":"true","reason":""} 200' ]] || changed "/health: $health"
ready=$(curl -s -m 2 -w '%{http_code}' "$learner/readyz" | paste -sd' ')
[[ $ready == *'non_learner failed'*503 ]] || changed "/readyz: $ready"
if etcdctl --endpoints="$client" endpoint health --cluster >"$work/out" 2>&1; then changed 'etcdctl says healthy'; fi
grep -q "$learner is unhealthy: .*rpc not supported for learner" "$work/out" || changed "$(tail -1 "$work/out")"
printf 'ok: a learner is healthy for /health, not ready for /readyz, and unhealthy for etcdctl\n'
