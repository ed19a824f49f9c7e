#!/bin/bash
# Backs up etcd and what lives outside it (D1, D3): snapshot, check, encrypt, copy, prove, and only then forget the oldest.
#   groundwork-backup          what the timer runs: whichever member is first does it, the others find it done
#   groundwork-backup now      in any case
#   groundwork-backup list     the backups at each target, oldest first
# The result of the last run is in /var/lib/groundwork/backup.json, and a metric for node-exporter beside it.
set -euo pipefail
umask 077
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
FOLDER=/etc/groundwork/backup
# shellcheck source=/dev/null
. $FOLDER/backup.conf
export ETCDCTL_CACERT=/etc/etcd/pki/ca.crt
export ETCDCTL_CERT=/etc/etcd/pki/healthcheck-client.crt ETCDCTL_KEY=/etc/etcd/pki/healthcheck-client.key
STATE=/var/lib/groundwork
METRICS=/var/lib/prometheus/node-exporter
LAST=groundwork/last-backup
STARTED=$(date -u +%s)

say() { printf '%s: %s (%d s)\n' "$MACHINE" "$*" "$SECONDS"; }

# Text as the inside of a JSON string.
json_text() { tr -d '\000-\037' <<<"$1" | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' | cut -c1-1000; }

field() { grep -o "\"$2\":\"\?[^,\"}]*" <<<"$1" | head -n 1 | sed -e "s/\"$2\":\"\?//"; }

# record OK MESSAGE: what this run came to, beside the last backup that succeeded anywhere in the site.
record() {
  local last
  last=$(etcd get "$LAST" --print-value-only 2>/dev/null || true)
  [[ -n $last ]] || last=$(sed -n 's/^ *"last": \(.*\),$/\1/p' "$STATE/backup.json" 2>/dev/null || true)
  (umask 022 && mkdir -p "$STATE" "$METRICS")
  cat >"$STATE/backup.json.new" <<JSON
{
  "last": ${last:-null},
  "attempt": {"member":"$MACHINE","time":"$(date -u +%FT%TZ)","ok":$1,"message":"$(json_text "$2")"}
}
JSON
  chmod 0644 "$STATE/backup.json.new"
  mv -f "$STATE/backup.json.new" "$STATE/backup.json"
  {
    echo "# HELP groundwork_backup_attempt_ok Whether the last run on this member ended well."
    echo "# TYPE groundwork_backup_attempt_ok gauge"
    echo "groundwork_backup_attempt_ok $([[ $1 == true ]] && echo 1 || echo 0)"
    if [[ -n $last ]]; then
      echo "# HELP groundwork_backup_last_success_timestamp_seconds When the site's last good backup was taken."
      echo "# TYPE groundwork_backup_last_success_timestamp_seconds gauge"
      echo "groundwork_backup_last_success_timestamp_seconds $(date -u -d "$(field "$last" time)" +%s)"
      echo "# HELP groundwork_backup_last_size_bytes Size of the site's last good backup."
      echo "# TYPE groundwork_backup_last_size_bytes gauge"
      echo "groundwork_backup_last_size_bytes $(field "$last" size)"
    fi
  } >"$METRICS/groundwork_backup.prom.new"
  chmod 0644 "$METRICS/groundwork_backup.prom.new"
  mv -f "$METRICS/groundwork_backup.prom.new" "$METRICS/groundwork_backup.prom"
}

# fail "what is wrong; what to do": the backups before this one stay as they are. What runs under the lock leaves the word to who
# holds it, as etcdctl has a last one of its own.
fail() {
  trap - ERR
  record false "$*"
  if [[ -n ${LOCKED:-} ]]; then
    printf '%s\n' "$*" >"$STATE/backup-failure"
  else
    printf '%s: %s\n' "$MACHINE" "$*" >&2
  fi
  exit 1
}
trap 'fail "\`${BASH_COMMAND%%$'"'\n'"'*}\` failed; see \`journalctl -u groundwork-backup\`"' ERR

etcd() { etcdctl --endpoints="$OWN" --command-timeout=15s "$@"; }

remote() {
  local ca=$1
  shift
  if [[ $ca == - ]]; then ca=(); else ca=(--ca-cert "$ca"); fi
  rclone --config $FOLDER/rclone.conf "${ca[@]}" --contimeout 15s --timeout 60s --retries 2 --low-level-retries 3 --stats 0 "$@"
}

# reason FILE: the last thing that rclone complained of.
reason() { grep -v -e '^ *$' -e '^[[:space:]]*status code' "$1" | tail -n 1 | sed -E 's/^[0-9/]+ [0-9:]+ (NOTICE|ERROR|Fatal error|CRITICAL)?[ :]*//' | cut -c1-300; }

room() {
  local free
  free=$(df --output=avail --block-size=1 "$WORK" | tail -n 1 | tr -dc 0-9)
  ((free > $1)) || fail "$WORK has $((free >> 20)) MiB left and the backup needs $(($1 >> 20)); free some space on the machine"
}

take_snapshot() {
  local status
  room $((3 * $(stat -c %s /var/lib/etcd/data/member/snap/db) + (64 << 20)))
  etcdctl --endpoints="$OWN" --command-timeout=600s snapshot save "$WORK/snapshot.db" >"$WORK/log" 2>&1 ||
    fail "etcd gives no snapshot: $(tail -n 1 "$WORK/log" | cut -c1-300); see whether the cluster has a quorum"
  status=$(etcdutl snapshot status "$WORK/snapshot.db" --write-out=json 2>"$WORK/log") ||
    fail "the snapshot is damaged: $(tail -n 1 "$WORK/log" | cut -c1-300); see the disk of this member"
  REVISION=$(field "$status" revision)
  HASH=$(field "$status" hash)
  # Which write each object is at: after a restore this says whether all of them are there.
  etcd get /registry/ --prefix --keys-only --rev="$REVISION" --write-out=fields >"$WORK/fields"
  awk '$1 == "\"Key\"" { sub(/^"Key" : /, ""); key = $0 } $1 == "\"ModRevision\"" { print $3, key }' "$WORK/fields" >"$WORK/objects"
  OBJECTS=$(wc -l <"$WORK/objects")
  rm "$WORK/fields"
  say "snapshot of revision $REVISION is sound: $OBJECTS objects, $(stat -c %s "$WORK/snapshot.db") bytes"
}

encrypt() {
  cat >"$WORK/manifest.json" <<JSON
{"version":1,"site":"$SITE","time":"$TIME","member":"$MACHINE","revision":$REVISION,"hash":$HASH,"objects":$OBJECTS,"kubernetes":"$KUBERNETES","etcd":"$(etcdutl version | awk 'NR == 1 { print $3 }')","snapshotSha256":"$(sha256sum <"$WORK/snapshot.db" | cut -c1-64)"}
JSON
  cp $FOLDER/site.age "$WORK/site.age"
  tar -C "$WORK" -cz manifest.json site.age objects snapshot.db | age --encrypt -R $FOLDER/recipients -o "$WORK/$NAME.tar.age"
  rm "$WORK/snapshot.db" "$WORK/objects"
  SIZE=$(stat -c %s "$WORK/$NAME.tar.age")
  SHA256=$(sha256sum <"$WORK/$NAME.tar.age" | cut -c1-64)
  sed -e "s/^{/{\"name\":\"$NAME\",\"size\":$SIZE,\"sha256\":\"$SHA256\",/" "$WORK/manifest.json" >"$WORK/$NAME.json"
}

# copy REMOTE CA TARGET: under another name until it is read back the same. Its manifest comes last: what has none does not count.
copy() {
  local path=$1 ca=$2 target=$3 found free
  if ! remote "$ca" copyto "$WORK/$NAME.tar.age" "$path/$NAME.partial" 2>"$WORK/log"; then
    found=$(reason "$WORK/log")
    remote "$ca" deletefile "$path/$NAME.partial" 2>/dev/null || true
    free=$(field "$(remote "$ca" about "${path%%:*}:" --json 2>/dev/null | tr -d ' \n\t')" free || true)
    if [[ -n $free ]] && ((free < SIZE)); then
      PROBLEM="$target: it is full: $((free >> 10)) KiB are free and the backup has $((SIZE >> 10)); make room there or lower backup.retention"
    elif grep -qi -e 'status code: 507' -e 'no space left' -e 'quota' "$WORK/log"; then
      PROBLEM="$target: it is full: $found; make room there or lower backup.retention"
    else
      PROBLEM="$target: it does not take the backup: $found; see whether it is up, full, and takes this site's key"
    fi
    return 1
  fi
  found=$(remote "$ca" cat "$path/$NAME.partial" 2>"$WORK/log" | sha256sum | cut -c1-64) || found=
  if [[ $found != "$SHA256" ]]; then
    remote "$ca" deletefile "$path/$NAME.partial" 2>/dev/null || true
    PROBLEM="$target: what it has kept is not what it was sent; see its disk"
    return 1
  fi
  if ! remote "$ca" moveto "$path/$NAME.partial" "$path/$NAME.tar.age" 2>"$WORK/log" ||
    ! remote "$ca" copyto "$WORK/$NAME.json" "$path/$NAME.json" 2>"$WORK/log"; then
    PROBLEM="$target: it does not take the backup's manifest: $(reason "$WORK/log"); see whether it is full"
    return 1
  fi
  say "$target has it, read back the same"
  forget "$path" "$ca" || say "$target: old backups could not be deleted: $(reason "$WORK/log")"
}

# forget REMOTE CA: all but the newest KEEP_LAST and those younger than KEEP_DAYS, by one look at what is there.
forget() {
  local listed name before cut
  listed=$(remote "$2" lsf --files-only "$1" 2>"$WORK/log" | { grep -E "^$SITE-[0-9]{8}T[0-9]{6}Z\.(json|tar\.age|partial)$" || true; } | sort) || return 1
  before=$SITE-$(date -u -d "$KEEP_DAYS days ago" +%Y%m%dT%H%M%SZ)
  while read -r name; do
    [[ -n $name && $name < $before && $name != "$NAME" ]] || continue
    remote "$2" deletefile "$1/$name.json" 2>"$WORK/log" || return 1
    remote "$2" deletefile "$1/$name.tar.age" 2>"$WORK/log" || return 1
  done < <(sed -n 's/\.json$//p' <<<"$listed" | head -n "-$KEEP_LAST")
  # What runs that were cut off have left: copies that were not read back, and those without a manifest, which nobody counts.
  cut=$SITE-$(date -u -d "1 day ago" +%Y%m%dT%H%M%SZ)
  while read -r name; do
    [[ $name < $cut ]] || continue
    remote "$2" deletefile "$1/$name" 2>/dev/null || true
  done < <(awk -F . '$2 == "json" { whole[$1] } $2 == "tar" { copy[$1] = $0 } $2 == "partial"
    END { for (name in copy) if (!(name in whole)) print copy[name] }' <<<"$listed")
}

# Run under the lock that all members share.
backup() {
  local last path ca target done=() problems=()
  last=$(etcd get "$LAST" --print-value-only 2>/dev/null || true)
  if [[ $1 == timer && -n $last ]] && (($(date -u -d "$(field "$last" time)" +%s) > STARTED - 60)); then
    say "$(field "$last" member) has made this one: $(field "$last" name)"
    record true "$(field "$last" member) has made it"
    return 0
  fi
  WORK=$STATE/backup
  rm -rf "$WORK"
  mkdir -p "$WORK"
  trap 'rm -rf "$WORK"' EXIT
  TIME=$(date -u +%FT%TZ)
  NAME=$SITE-$(date -u -d "$TIME" +%Y%m%dT%H%M%SZ)
  take_snapshot
  encrypt
  while read -r path ca target; do
    if copy "$path" "$ca" "$target"; then done+=("$target"); else problems+=("$PROBLEM"); fi
  done <<<"$TARGETS"
  if ((${#done[@]} > 0)); then
    etcd put "$LAST" "{\"name\":\"$NAME\",\"time\":\"$TIME\",\"size\":$SIZE,\"sha256\":\"$SHA256\",\"revision\":$REVISION,\"objects\":$OBJECTS,\"member\":\"$MACHINE\",\"targets\":${#done[@]}}" >/dev/null
  fi
  ((${#problems[@]} == 0)) || fail "$(printf '%s. ' "${problems[@]}")The backups before this one are as they were."
  record true "$NAME"
  say "$NAME: $SIZE bytes, revision $REVISION, $OBJECTS objects, at ${#done[@]} of $(wc -l <<<"$TARGETS") targets"
}

list() {
  local path ca target
  WORK=$(mktemp -d /run/groundwork-backup.XXXXXXXX)
  trap 'rm -rf "$WORK"' EXIT
  while read -r path ca target; do
    printf '%s\n' "$target"
    remote "$ca" lsf --files-only --format ps --separator ' ' "$path" >"$WORK/names" 2>"$WORK/log" ||
      fail "$target: it does not answer: $(reason "$WORK/log"); see whether it is up and takes this site's key"
    { grep -E "^$SITE-[0-9]{8}T[0-9]{6}Z\.tar\.age " "$WORK/names" || true; } | sort | sed 's/^/  /'
  done <<<"$TARGETS"
}

case "${1:-timer}" in
  timer | now)
    etcdctl --endpoints="$MEMBERS" --command-timeout=20s get "$LAST" >/dev/null 2>&1 ||
      fail "etcd has no quorum, so there is nothing whole to back up; mend the members (see the runbook)"
    rm -f "$STATE/backup-failure"
    if ! env -u ETCDCTL_ENDPOINTS etcdctl --endpoints="$MEMBERS" lock groundwork/backup --ttl=60 -- \
      "$0" locked "${1:-timer}" "$STARTED" 2>"$STATE/backup-errors"; then
      [[ -s $STATE/backup-failure ]] || fail "the backup was cut off: $(tail -n 1 "$STATE/backup-errors" | cut -c1-300); see whether the etcd members are healthy"
      printf '%s: %s\n' "$MACHINE" "$(cat "$STATE/backup-failure")" >&2
      exit 1
    fi
    ;;
  locked)
    LOCKED=yes
    unset ETCDCTL_ENDPOINTS
    STARTED=${3:-$STARTED}
    backup "$2"
    ;;
  list) list ;;
  *) fail "$1: no such command; use now or list" ;;
esac
