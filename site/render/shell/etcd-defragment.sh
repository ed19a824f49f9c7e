#!/bin/bash
# Gives back what compaction has freed in this member's file (C3). A member answers nobody while it does so: one at a time, under
# the lock that restarts take, only when all others are healthy, and only where half of a file that is worth it is free.
set -euo pipefail
# shellcheck source=/dev/null
. /etc/etcd/defragment.conf
export ETCDCTL_CACERT=/etc/etcd/pki/ca.crt
export ETCDCTL_CERT=/etc/etcd/pki/healthcheck-client.crt ETCDCTL_KEY=/etc/etcd/pki/healthcheck-client.key

field() { grep -o "\"$1\":[0-9]*" <<<"$status" | head -n 1 | cut -d : -f 2; }

status=$(etcdctl --endpoints="$OWN" --command-timeout=10s endpoint status --write-out=json)
size=$(field dbSize)
used=$(field dbSizeInUse)
if ((size < WORTH_MIB * 1024 * 1024 || used * 2 > size)); then
  echo "nothing to give back: $used of $size bytes are used"
  exit 0
fi
if [[ -z $OTHERS ]]; then
  exec etcdctl --endpoints="$OWN" --command-timeout=300s defrag
fi
etcdctl --endpoints="$OTHERS" --command-timeout=10s endpoint health ||
  { echo "another member is not healthy: this one keeps serving" >&2; exit 1; }
exec etcdctl --endpoints="$OTHERS" lock groundwork/etcd-restart --ttl=60 -- \
  etcdctl --endpoints="$OWN" --command-timeout=300s defrag
