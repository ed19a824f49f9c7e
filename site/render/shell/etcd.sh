# An etcd member. The header sets MEMBERS (`name address` a line), what data-disk.sh asks for, and ETCD_VERSION.
# shellcheck shell=bash

# What runs under the members' lock has these from who holds it, and etcdctl refuses them beside its own flags.
unset ETCDCTL_ENDPOINTS ETCDCTL_CACERT ETCDCTL_CERT ETCDCTL_KEY

DATA=/var/lib/etcd
LABEL=groundwork-etcd
DATA_OF=etcd

etcd_user() {
  getent passwd etcd >/dev/null || useradd --system --user-group --home-dir "$DATA" --no-create-home --shell /usr/sbin/nologin etcd
}

# etcdctl with the health check's certificate, which every member has.
etcdctl_as_member() {
  # Under the members' lock the other endpoints are in the environment, and etcdctl refuses both.
  env -u ETCDCTL_ENDPOINTS ETCDCTL_CACERT=/etc/etcd/pki/ca.crt ETCDCTL_CERT=/etc/etcd/pki/healthcheck-client.crt \
    ETCDCTL_KEY=/etc/etcd/pki/healthcheck-client.key etcdctl --command-timeout=5s "$@"
}

# shellcheck disable=SC2153
others() { awk -v own="$ADDRESS" '$2 != own { printf "%shttps://%s:2379", sep, $2; sep = "," }' <<<"$MEMBERS"; }

# The same towards the other members, who have a quorum without this one.
etcdctl_of_others() {
  ETCDCTL_ENDPOINTS=$(others) ETCDCTL_CACERT=/etc/etcd/pki/ca.crt ETCDCTL_CERT=/etc/etcd/pki/healthcheck-client.crt \
    ETCDCTL_KEY=/etc/etcd/pki/healthcheck-client.key etcdctl "$@"
}

# What etcd starts with: its configuration, and the members that a new store begins with. Those mean nothing to a member that has
# data, and are no reason to restart it.
start_configuration() {
  local new=/etc/etcd/start.yaml.groundwork-new
  { cat /etc/etcd/etcd.yaml
    awk '{ printf "%s%s=https://%s:2380", (NR == 1 ? "initial-cluster: " : ","), $1, $2 } END { print "" }' <<<"$MEMBERS"
    echo "initial-cluster-state: new"; } >"$new"
  chown etcd:etcd "$new"
  mv -f "$new" /etc/etcd/start.yaml
}

# Says in the store which very machine this member runs on: one that takes its place is known by another word.
identified() {
  local own="--endpoints=https://$ADDRESS:2379" key="groundwork/identity/$MACHINE"
  [[ $(etcdctl_as_member "$own" get --print-value-only "$key") == "$IDENTITY" ]] ||
    etcdctl_as_member "$own" put "$key" -- "$IDENTITY" >/dev/null
}

serving() { active etcd && http_ok 2381 /readyz; }

# How many members' machines take connections, this one's among them.
members_up() {
  local address up=0
  while read -r _ address; do
    if tcp_open "$address" 2380 2>/dev/null; then up=$((up + 1)); fi
  done <<<"$MEMBERS"
  echo "$up"
}

# Waits until this member serves. A member that stops for good says why in its journal.
wait_for_member() {
  local since=$SECONDS told=$SECONDS journal
  until serving 2>/dev/null; do
    journal=$(journalctl -u etcd --since "-30s" -o cat 2>/dev/null) || true
    if grep -q 'has already been bootstrapped' <<<"$journal"; then
      fail "the cluster knows this member but its data is gone; run \`pulumi up\` again and it joins anew"
    fi
    if grep -q 'has been permanently removed from the cluster' <<<"$journal"; then
      fail "the cluster has removed this member; delete $DATA/data on the machine and run \`pulumi up\` again: it joins anew"
    fi
    if grep -q 'could not find a header\|not implemented apply' <<<"$journal"; then
      fail "its log holds what etcd 3.5 wrote, which this version does not read; set etcd.version and the template back and run \`pulumi up\`, then upgrade again: it has each member take a snapshot of its log first"
    fi
    if grep -q 'Input/output error\|input/output error' <<<"$journal"; then
      fail "the disk under $DATA gives input/output errors; replace the device"
    fi
    [[ $((SECONDS - since)) -lt 300 ]] ||
      fail "etcd does not serve after 300 seconds; see \`journalctl -u etcd\`, and whether the other members' machines are up"
    if [[ $((SECONDS - told)) -ge 10 ]]; then
      told=$SECONDS
      say "waiting for the other members: $(members_up) of $(wc -l <<<"$MEMBERS") are up"
    fi
    sleep 0.1
  done
}

# Addresses of those that are members now; a planned one may still be on its way.
other_members() {
  etcdctl_of_others --command-timeout=5s member list |
    awk -F ', ' -v url="https://$ADDRESS:2380" '$4 != url { sub("https://", "", $4); sub(":2380.*", "", $4); print $4 }'
}

# Whoever holds a lock that was cut off keeps it for a minute: longer than that, and then as long as a member needs to come up.
OTHERS_PATIENCE=150

others_healthy() {
  local address since=$SECONDS told=$SECONDS found
  wait_for 60 "the other members have a quorum" "start them, or restore the cluster from a snapshot" other_members
  found=$(other_members)
  for address in $found; do
    until etcdctl_as_member --endpoints="https://$address:2379" endpoint health >/dev/null 2>&1; do
      [[ $((SECONDS - since)) -lt $OTHERS_PATIENCE ]] ||
        fail "member https://$address:2379 is not healthy, so this one is not $1; mend that one first and run \`pulumi up\` again"
      if [[ $((SECONDS - told)) -ge 10 ]]; then
        told=$SECONDS
        say "waiting for member https://$address:2379 to be healthy, $((SECONDS - since)) s of at most $OTHERS_PATIENCE s"
      fi
      sleep 0.5
    done
  done
}

# Run under the cluster's lock: with every other member healthy, quorum outlives this restart.
restart_member() {
  others_healthy "restarted"
  systemctl restart --no-block etcd
  sleep 0.2
  wait_for_member
}

# in_turn WHAT: does it under the lock that the members share, so that only one at a time is out.
in_turn() {
  ETCDCTL_ENDPOINTS=$(others) ETCDCTL_CACERT=/etc/etcd/pki/ca.crt ETCDCTL_CERT=/etc/etcd/pki/healthcheck-client.crt \
    ETCDCTL_KEY=/etc/etcd/pki/healthcheck-client.key under_lock etcd-restart "$1"
}

restart_in_turn() {
  if [[ -z $(others) ]]; then
    restart_member
  else
    say "restarting etcd, one member at a time"
    in_turn restart-member
  fi
}

# What etcd starts with while it joins a cluster that exists. It is there from before the old membership ends until the new one
# counts, so that a run that was cut off anywhere in between is taken up.
JOINING=/etc/systemd/system/etcd.service.d/joining.conf

has_data() { compgen -G "$DATA/data/member/wal/*.wal" >/dev/null; }

# Asked of the peers, which answer before there is a quorum: in a new cluster no member has told its address for clients.
cluster_is_formed() {
  local address
  while read -r _ address; do
    [[ $address != "$ADDRESS" ]] || continue
    if curl --silent --http1.1 --max-time 3 --noproxy '*' --cacert /etc/etcd/pki/ca.crt --cert /etc/etcd/pki/peer.crt \
      --key /etc/etcd/pki/peer.key "https://$address:2380/members" 2>/dev/null | grep -q '"clientURLs":\["'; then
      return 0
    fi
  done <<<"$MEMBERS"
  return 1
}

# own_membership: `ID STATUS NAME LEARNER` of what the cluster has for this machine's address; nothing if it has nothing.
# A member that was added and never ran has no name. One that a new cluster begins with has one from the start, and `started` beside
# it: whether it ever ran is told by its address for clients.
own_membership() {
  etcdctl_of_others --command-timeout=5s member list |
    awk -F ', ' -v url="https://$ADDRESS:2380" '$4 == url { print $1, ($5 == "" ? "unstarted" : $2), ($3 == "" ? "-" : $3), $NF }'
}

# A planned member of the first start, which comes late, has a name and was never started: it needs no joining.
must_join() {
  local membership
  [[ -n $(others) ]] || return 1
  [[ ! -f $JOINING ]] || return 0
  ! has_data && cluster_is_formed || return 1
  wait_for 60 "the other members have a quorum" "start them, or restore the cluster from a snapshot" own_membership
  membership=$(own_membership)
  [[ ! $membership =~ ^[0-9a-f]+\ unstarted\ [^-] ]]
}

# Run under the cluster's lock. The other members keep their quorum throughout; this one counts when it has all data.
join_cluster() {
  local id status name learner initial
  others_healthy "made to join"
  mkdir -p "${JOINING%/*}"
  printf '[Service]\nExecStart=\nExecStart=etcd --config-file=/etc/etcd/joining.yaml\n' >"$JOINING"
  if ! has_data; then
    systemctl stop etcd
    read -r id status name learner <<<"$(own_membership)"
    if [[ -n $id && $status-$name-$learner != unstarted---true ]]; then
      say "leaving the cluster, as the data of this member is gone"
      etcdctl_of_others --command-timeout=10s member remove "$id" >>"$LOG"
      id=
    fi
    rm -rf "$DATA/data"
    if [[ -z $id ]]; then
      wait_for 60 "the cluster takes a new member" "see \`etcdctl member list\`: only one may be on its way in" \
        etcdctl_of_others --command-timeout=10s member add "$MACHINE" --learner --peer-urls="https://$ADDRESS:2380"
    fi
    initial=$(etcdctl_of_others --command-timeout=5s member list | awk -F ', ' -v url="https://$ADDRESS:2380" -v own="$MACHINE" \
      '{ printf "%s%s=%s", sep, ($4 == url ? own : $3), $4; sep = "," }')
    install -m 0600 -o etcd -g etcd /etc/etcd/start.yaml /etc/etcd/joining.yaml
    sed -i -e "s|^initial-cluster:.*|initial-cluster: $initial|" -e 's|^initial-cluster-state:.*|initial-cluster-state: existing|' \
      /etc/etcd/joining.yaml
    chown etcd:etcd /etc/etcd/joining.yaml
  fi
  systemctl daemon-reload
  say "joining the cluster"
  systemctl reset-failed etcd 2>/dev/null || true
  systemctl start --no-block etcd
  wait_for 300 "this member has all data" "see \`journalctl -u etcd\`" counts
  rm -rf "${JOINING%/*}" /etc/etcd/joining.yaml
  systemctl daemon-reload
  wait_for_member
  # It runs with all that is installed.
  applied etcd
}

# Promotes this member if it has caught up with the leader. Succeeds when it is no learner any more.
counts() {
  local id status name learner
  read -r id status name learner <<<"$(own_membership)"
  [[ -n $id && $status == started ]] || return 1
  [[ $learner == false ]] || etcdctl_of_others --command-timeout=5s member promote "$id"
}

# Other members whose certificate has ended. Nobody can speak to them until it is renewed; their data is well.
ended_members() {
  local name address said
  while read -r name address; do
    [[ $address != "$ADDRESS" ]] || continue
    # Of what curl says; its status is that of any failure.
    said=$(curl --silent --show-error --http1.1 --max-time 3 --noproxy '*' --cacert /etc/etcd/pki/ca.crt --cert /etc/etcd/pki/peer.crt \
      --key /etc/etcd/pki/peer.key "https://$address:2380/version" 2>&1 >/dev/null) || true
    [[ $said != *"certificate has expired"* ]] || echo "$name"
  done <<<"$MEMBERS"
}

# A member that was told at its birth to start from a backup waits for the snapshot, which `groundwork restore` brings, and makes its
# data of it: all members of the same one, with the same token, so that they are a new cluster. API servers watch by revision:
# theirs must never come back, hence the leap.
restore_data() {
  local backup sum initial
  [[ -f $STATE/restore ]] || return 0
  read -r backup sum <"$STATE/restore"
  if has_data; then
    rm -f "$STATE/restore" "$STATE/restore.db"
    return 0
  fi
  say "waiting for the snapshot of $backup"
  wait_for 900 "the snapshot of $backup is here" "run \`groundwork restore\` again, which brings it" has_snapshot "$sum"
  initial=$(awk '{ printf "%s%s=https://%s:2380", sep, $1, $2; sep = "," }' <<<"$MEMBERS")
  rm -rf "$DATA/data.restored"
  quietly "the snapshot of $backup" "take another backup" etcdutl snapshot restore "$STATE/restore.db" \
    --data-dir "$DATA/data.restored" --name "$MACHINE" --initial-cluster "$initial" \
    --initial-cluster-token "restored-${sum:0:16}" --initial-advertise-peer-urls "https://$ADDRESS:2380" \
    --bump-revision 1000000000 --mark-compacted
  chown -R etcd:etcd "$DATA/data.restored"
  rm -rf "$DATA/data"
  mv "$DATA/data.restored" "$DATA/data"
  sync -f "$DATA"
  say "the data is that of $backup"
  rm -f "$STATE/restore" "$STATE/restore.db"
}

has_snapshot() { [[ -f $STATE/restore.db && $(sha256sum <"$STATE/restore.db" | cut -c1-64) == "$1" ]]; }

# The timer, where the site has backups: none of a site that gave them up runs on.
backups() {
  if ! reads backup; then
    [[ ! -f $STATE/applied/backup ]] || systemctl disable --quiet --now groundwork-backup.timer 2>/dev/null || true
    rm -f "$STATE/applied/backup"
    return 0
  fi
  changed backup || return 0
  needs age rclone etcdutl tar
  age --encrypt -R /etc/groundwork/backup/recipients </dev/null 2>>"$LOG" >/dev/null ||
    fail "age $(age --version) does not take backup.recipients: post-quantum ones (age1pq1...) need age 1.3; use a machine image that has it, or keys of \`age-keygen\` without -pq"
  systemctl daemon-reload
  systemctl enable --quiet groundwork-backup.timer
  systemctl restart groundwork-backup.timer
  applied backup
}

apply_etcd() {
  local ended
  needs etcd etcdctl curl mkfs.ext4 lsblk blkid wipefs
  begin
  holds etcd "$ETCD_VERSION" "$(etcd --version | awk '$1 == "etcd" { print $3 }')"
  data_disk
  etcd_user
  install_files
  start_configuration
  kernel
  clock
  logs
  successors
  [[ $(stat -c %U:%a "$DATA") == etcd:700 ]] || { chown etcd:etcd "$DATA"; chmod 0700 "$DATA"; }
  qualify_disk
  tell_disk
  restore_data
  ended=$(ended_members | paste -sd ' ')
  if [[ -n $ended ]]; then
    say "the certificates of $ended have ended: they are renewed next, and not waited for here"
    enable etcd
    systemctl start --no-block etcd
    return 0
  fi
  if must_join; then
    in_turn join-cluster
  fi
  enable etcd
  if ! active etcd; then
    say "starting etcd"
    systemctl reset-failed etcd 2>/dev/null || true
    systemctl start --no-block etcd
    wait_for_member
  elif changed etcd; then
    if serving 2>/dev/null; then restart_in_turn; else systemctl restart --no-block etcd; fi
  fi
  wait_for_member
  etcdctl_as_member --endpoints="https://$ADDRESS:2379" endpoint health >/dev/null 2>&1 ||
    wait_for 30 "etcd answers a client with a certificate" "see \`journalctl -u etcd\`" \
      etcdctl_as_member --endpoints="https://$ADDRESS:2379" endpoint health
  wait_for 60 "etcd takes a write" "see \`etcdctl endpoint status\` and \`etcdctl alarm list\`" identified
  applied etcd
  if changed defragment; then
    systemctl daemon-reload
    systemctl enable --quiet --now groundwork-etcd-defragment.timer
    applied defragment
  fi
  backups
  metrics
  log_sender
  say "etcd serves"
}
