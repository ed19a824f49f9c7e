# An etcd member. The header sets MEMBERS (`name address` a line) and DATA_DISK (yes where the plan gives it a disk of its own).
# shellcheck shell=bash

DATA=/var/lib/etcd
LABEL=groundwork-etcd

# The data disk is the one disk that nothing uses. It is formatted only if it is blank, and found by its label ever after.
data_disk() {
  local disk uuid blank=()
  [[ $DATA_DISK == yes ]] || { mkdir -p "$DATA"; return 0; }
  mountpoint -q "$DATA" && return 0
  if disk=$(blkid -L "$LABEL"); then
    say "using $disk, which was made for etcd"
  else
    while read -r disk; do
      [[ -z $(lsblk -nro MOUNTPOINT "$disk" | tr -d '\n') && $(lsblk -nro NAME "$disk" | wc -l) -eq 1 ]] || continue
      blank+=("$disk")
    done < <(lsblk -dnpro NAME,TYPE | awk '$2 == "disk" { print $1 }')
    [[ ${#blank[@]} -eq 1 ]] ||
      fail "found ${#blank[@]} unused disks for etcd (${blank[*]:-none}); give the machine exactly one beside its system disk"
    disk=${blank[0]}
    [[ -z $(wipefs --noheadings "$disk" 2>/dev/null) ]] ||
      fail "$disk holds data that is not etcd's ($(blkid -s TYPE -o value "$disk" || echo unknown)); it is never wiped: do it yourself with \`wipefs\` or give another disk"
    say "formatting $disk, which is blank"
    mkfs.ext4 -q -L "$LABEL" -m 0 "$disk" >>"$LOG" 2>&1
  fi
  uuid=$(blkid -s UUID -o value "$disk")
  mkdir -p "$DATA"
  grep -q "^UUID=$uuid " /etc/fstab || printf 'UUID=%s %s ext4 noatime,nofail,x-systemd.device-timeout=60 0 2\n' "$uuid" "$DATA" >>/etc/fstab
  systemctl daemon-reload
  mount "$DATA"
}

etcd_user() {
  getent passwd etcd >/dev/null || useradd --system --user-group --home-dir "$DATA" --no-create-home --shell /usr/sbin/nologin etcd
}

# etcdctl with the health check's certificate, which every member has.
etcdctl_as_member() {
  ETCDCTL_CACERT=/etc/etcd/pki/ca.crt ETCDCTL_CERT=/etc/etcd/pki/healthcheck-client.crt \
    ETCDCTL_KEY=/etc/etcd/pki/healthcheck-client.key etcdctl --command-timeout=5s "$@"
}

# shellcheck disable=SC2153
others() { awk -v own="$ADDRESS" '$2 != own { printf "%shttps://%s:2379", sep, $2; sep = "," }' <<<"$MEMBERS"; }

serving() { active etcd && http_ok 2381 /readyz; }

# Waits until this member serves. A member that stops for good says why in its journal.
wait_for_member() {
  local since=$SECONDS told=$SECONDS up
  until serving 2>/dev/null; do
    if journalctl -u etcd --since "-30s" -o cat 2>/dev/null | grep -q 'has already been bootstrapped'; then
      fail "the cluster knows this member but its data is gone; it must leave and join again: \`etcdctl member remove\`, then \`pulumi up\`"
    fi
    if journalctl -u etcd --since "-30s" -o cat 2>/dev/null | grep -q 'Input/output error\|input/output error'; then
      fail "the disk under $DATA gives input/output errors; replace the device"
    fi
    [[ $((SECONDS - since)) -lt 300 ]] ||
      fail "etcd does not serve after 300 seconds; see \`journalctl -u etcd\`, and whether the other members' machines are up"
    if [[ $((SECONDS - told)) -ge 10 ]]; then
      told=$SECONDS
      up=$(while read -r _ address; do tcp_open "$address" 2380 2>/dev/null && echo up; done <<<"$MEMBERS" | wc -l)
      say "waiting for the other members: $up of $(wc -l <<<"$MEMBERS") are up"
    fi
    sleep 0.1
  done
}

# Run under the cluster's lock: with every other member healthy, quorum outlives this restart.
restart_member() {
  local endpoint since=$SECONDS
  for endpoint in $(others | tr , ' '); do
    until etcdctl_as_member --endpoints="$endpoint" endpoint health >/dev/null 2>&1; do
      [[ $((SECONDS - since)) -lt 60 ]] ||
        fail "member $endpoint is not healthy, so this one is not restarted; mend that one first"
      sleep 0.5
    done
  done
  systemctl restart --no-block etcd
  sleep 0.2
  wait_for_member
}

restart_in_turn() {
  if [[ -z $(others) ]]; then
    restart_member
  else
    say "restarting etcd, one member at a time"
    ETCDCTL_ENDPOINTS=$(others) ETCDCTL_CACERT=/etc/etcd/pki/ca.crt ETCDCTL_CERT=/etc/etcd/pki/healthcheck-client.crt \
      ETCDCTL_KEY=/etc/etcd/pki/healthcheck-client.key etcdctl lock groundwork/etcd-restart --ttl=30 -- bash "$HERE/apply" restart-member
  fi
}

apply_etcd() {
  needs etcd etcdctl mkfs.ext4 lsblk blkid wipefs
  begin
  data_disk
  etcd_user
  install_files
  kernel
  clock
  [[ $(stat -c %U:%a "$DATA") == etcd:700 ]] || { chown etcd:etcd "$DATA"; chmod 0700 "$DATA"; }
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
  applied etcd
  say "etcd serves"
}
