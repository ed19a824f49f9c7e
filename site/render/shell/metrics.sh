#!/bin/bash
# Tells this machine's metrics to a control plane that asks by HTTP, in Prometheus' text format, by node-exporter's names where it has them;
# systemd starts it for each connection. metrics.conf sets ALLOWED (addresses of control planes), UNITS, and VIP on a load balancer.
#   GET /metrics        the machine, its units, and what others left in the folder of node-exporter
#   GET /certificates   when each certificate on this machine ends, and the last of those that follow them without an `up`
set -uo pipefail
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# shellcheck source=/dev/null
. /etc/groundwork/metrics.conf

answer() { printf 'HTTP/1.0 %s\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nConnection: close\r\n\r\n' "$1"; }

metric() { printf '# TYPE %s gauge\n' "$1"; }

machine() {
  local unit state mount size free key value
  metric node_time_seconds
  echo "node_time_seconds $(date +%s.%N)"
  metric node_load1
  echo "node_load1 $(cut -d ' ' -f 1 /proc/loadavg)"
  while read -r key value _; do
    case $key in MemTotal: | MemAvailable:) ;; *) continue ;; esac
    metric "node_memory_${key%:}_bytes"
    echo "node_memory_${key%:}_bytes $((value * 1024))"
  done </proc/meminfo
  metric node_filesystem_size_bytes
  metric node_filesystem_avail_bytes
  # One line for each file system, by the first of its mount points here.
  df --block-size=1 --output=source,size,avail,target / /var/lib /var/lib/etcd /var/lib/kubelet /var/lib/containerd /var/log /var/lib/groundwork-volumes 2>/dev/null |
    awk 'NR > 1 && !seen[$4]++ { print $2, $3, $4 }' | while read -r size free mount; do
    echo "node_filesystem_size_bytes{mountpoint=\"$mount\"} $size"
    echo "node_filesystem_avail_bytes{mountpoint=\"$mount\"} $free"
  done
  metric node_systemd_unit_state
  for unit in $UNITS; do
    if systemctl is-active --quiet "$unit"; then state=1; else state=0; fi
    echo "node_systemd_unit_state{name=\"$unit.service\",state=\"active\"} $state"
  done
  if [[ -n ${VIP:-} ]]; then
    metric groundwork_api_address_held
    if [[ $(ip -4 -o addr show) == *" $VIP/"* ]]; then state=1; else state=0; fi
    echo "groundwork_api_address_held{address=\"$VIP\"} $state"
  fi
  logs_sent
  cat /var/lib/prometheus/node-exporter/*.prom 2>/dev/null
}

# What waits for each receiver of logs, and what was lost because too much did: the last that rsyslog said of its queues.
logs_sent() {
  [[ -f /var/lib/groundwork/log-sender/stats ]] || return 0
  metric groundwork_logs_waiting
  metric groundwork_logs_lost_total
  tail -n 200 /var/lib/groundwork/log-sender/stats | awk '
    match($0, /"name": "[a-z0-9.-]+ queue(\[DA\])?"/) {
      name = substr($0, RSTART + 9, RLENGTH - 10)
      to[name] = substr(name, 1, index(name, " ") - 1)
      size[name] = value("size"); lost[name] = value("discarded.full") + value("discarded.nf")
    }
    function value(key,  rest) {
      rest = substr($0, index($0, "\"" key "\": ") + length(key) + 4)
      return rest + 0
    }
    END {
      for (name in to) { waiting[to[name]] += size[name]; gone[to[name]] += lost[name] }
      for (one in waiting) {
        printf "groundwork_logs_waiting{to=\"%s\"} %d\n", one, waiting[one]
        printf "groundwork_logs_lost_total{to=\"%s\"} %d\n", one, gone[one]
      }
    }'
}

certificates() {
  local file end first=
  metric groundwork_certificate_end_timestamp_seconds
  for file in /etc/kubernetes/pki/*.crt /etc/kubernetes/pki/etcd/*.crt /etc/kubernetes/monitoring/*.crt /var/lib/kubelet/pki/*.crt /etc/etcd/pki/*.crt /etc/groundwork/log-sender/*.crt; do
    [[ -f $file ]] || continue
    end=$(openssl x509 -enddate -noout -in "$file" 2>/dev/null) || continue
    end=$(date -d "${end#*=}" +%s)
    echo "groundwork_certificate_end_timestamp_seconds{path=\"$file\"} $end"
    [[ -n $first && $first -le $end ]] || first=$end
  done
  # Without successors it is the first certificate of all.
  end=$(cat /etc/groundwork/successors/end 2>/dev/null) || end=$first
  [[ -n $end ]] || return 0
  metric groundwork_alone_until_timestamp_seconds
  echo "groundwork_alone_until_timestamp_seconds $end"
}

read -r -t 5 _ path _ || exit 0
while read -r -t 5 line && [[ ${line%$'\r'} ]]; do :; done
if [[ " $ALLOWED " != *" ${REMOTE_ADDR:-} "* ]]; then
  answer "403 Forbidden"
  exit 0
fi
case $path in
  /metrics)
    answer "200 OK"
    machine
    ;;
  /certificates)
    answer "200 OK"
    certificates
    ;;
  *) answer "404 Not Found" ;;
esac
exit 0
