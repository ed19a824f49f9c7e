# etcd of an exact version from its Go modules, and members of it on the loopback address.
# shellcheck shell=bash
# shellcheck source=programs/go-programs.sh
source ./programs/go-programs.sh

# build_etcd FOLDER VERSION: `etcd`, `etcdctl` and `etcdutl` are on PATH afterwards.
build_etcd() {
  build_go "$1/bin" "go.etcd.io/etcd/server/v3@v$2" "go.etcd.io/etcd/etcdctl/v3@v$2" "go.etcd.io/etcd/etcdutl/v3@v$2"
  mv "$1/bin/server" "$1/bin/etcd"
  PATH=$1/bin:$PATH
  unset "${!ETCDCTL_@}" "${!ETCD_@}"
  members=()
}

# free_port: two ports in a row on which nobody answers; the first is printed.
free_port() {
  local port
  while port=$((20000 + 2 * (RANDOM % 5000))); do
    if ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null && ! (: <"/dev/tcp/127.0.0.1/$((port + 1))") 2>/dev/null; then break; fi
  done
  printf '%s\n' "$port"
}

# member_options NAME PORT: its client address is on PORT, its peer address on the next one.
member_options() {
  printf '%s\n' "--name=$1" "--listen-client-urls=http://127.0.0.1:$2" "--advertise-client-urls=http://127.0.0.1:$2" \
    "--listen-peer-urls=http://127.0.0.1:$(($2 + 1))" "--initial-advertise-peer-urls=http://127.0.0.1:$(($2 + 1))"
}

# start_member FOLDER PORT OPTION...: waits until it answers; its log is FOLDER.log.
start_member() {
  local folder=$1 port=$2
  shift 2
  etcd "$@" >"$folder.log" 2>&1 &
  members+=($!)
  for _ in {1..100}; do
    curl -s -m 1 "http://127.0.0.1:$port/livez" 2>/dev/null | grep -q ok && return
    kill -0 "${members[-1]}" 2>/dev/null || break
    sleep 0.2
  done
  tail -1 "$folder.log" >&2
  printf 'not run: etcd does not serve\n' >&2
  exit 2
}

# stop_members: for the trap at the end.
stop_members() {
  local member
  for member in "${members[@]}"; do
    kill "$member" 2>/dev/null || continue
    wait "$member" 2>/dev/null || true
  done
}
