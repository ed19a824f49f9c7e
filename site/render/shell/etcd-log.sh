# Before the first member of a version that does not read what etcd 3.5 wrote into its log: every member of an older one takes a
# snapshot, from where its log is read from then on. A store with few writes may have taken none since it left 3.5. The header sets
# STORES (`store address address...` a line).
# shellcheck shell=bash

# asked ADDRESS PATH ARGUMENT...: a member over HTTP.
asked() {
  local address=$1 path=$2
  shift 2
  curl --silent --fail --http1.1 --noproxy '*' --max-time 60 --cacert "$ETCDCTL_CACERT" --cert "$ETCDCTL_CERT" --key "$ETCDCTL_KEY" "$@" \
    "https://$address:2379/$path"
}

# snapshots ADDRESS: how many snapshots of its log a member of an older version has taken since it started; nothing for a newer one.
snapshots() {
  local metrics
  metrics=$(asked "$1" metrics) || fail "member https://$1:2379 does not answer; mend it first"
  grep -q '^etcd_server_version{server_version="3\.[0-6]\.' <<<"$metrics" || return 0
  awk '$1 == "etcd_snap_fsync_duration_seconds_count" { print $2 }' <<<"$metrics"
}

# write ADDRESS: a thousand entries of the log that change nothing: each deletes a key that nobody has.
write() {
  asked "$1" 'v3/kv/deleterange#[1-1000]' --no-progress-meter --parallel --parallel-max 40 --output /dev/null --data "{\"key\":\"$(printf groundwork/nothing | base64)\"}" ||
    fail "member https://$1:2379 takes no writes; see \`etcdctl endpoint status\` and \`etcdctl alarm list\`"
}

# A member takes a snapshot every 10,000 entries.
snapshot_log() {
  local store=$1 member waiting round
  local -A before=()
  shift
  for member in "$@"; do before[$member]=$(snapshots "$member"); done
  for ((round = 0; round <= 12; round++)); do
    waiting=()
    for member in "$@"; do
      [[ -z ${before[$member]} || $(snapshots "$member") -gt ${before[$member]} ]] || waiting+=("$member")
    done
    [[ ${#waiting[@]} -gt 0 ]] || return 0
    write "${waiting[0]}"
  done
  fail "$store: members ${waiting[*]} take no snapshot of their log, and a newer etcd may not start with what 3.5 has left in it; see \`journalctl -u etcd\` there"
}

while read -r store members; do
  # shellcheck disable=SC2086 # addresses
  snapshot_log "$store" $members
done <<<"$STORES"
