# A load balancer: HAProxy and keepalived. The header sets VIP and PORT.
# shellcheck shell=bash

# keepalived must be told the interface's name, which only the machine knows.
interface() {
  local name
  name=$(ip -4 -o addr show | awk -v own="$ADDRESS" 'index($4, own "/") == 1 { print $2; exit }')
  [[ -n $name ]] || fail "no interface has the address $ADDRESS; see \`ip addr\` and cloud-init's network configuration"
  # shellcheck disable=SC2016
  printf '$INTERFACE=%s\n' "${name%@*}" >/etc/keepalived/interface.conf.new
  if cmp -s /etc/keepalived/interface.conf.new /etc/keepalived/interface.conf; then
    rm /etc/keepalived/interface.conf.new
  else
    mv -f /etc/keepalived/interface.conf.new /etc/keepalived/interface.conf
    rm -f "$STATE/applied/keepalived"
  fi
}

apply_load_balancer() {
  needs haproxy keepalived
  begin
  install_files
  kernel
  clock
  logs
  successors
  quietly "HAProxy's check of its configuration" "report this" haproxy -c -q -f /etc/haproxy/haproxy.cfg
  enable haproxy
  if ! active haproxy; then
    say "starting HAProxy"
    systemctl start haproxy
  elif changed haproxy; then
    say "reloading HAProxy"
    systemctl reload-or-restart haproxy
  fi
  wait_for 30 "HAProxy accepts connections" "see \`journalctl -u haproxy\`" tcp_open 127.0.0.1 "$PORT"
  applied haproxy
  interface
  enable keepalived
  if ! active keepalived; then
    say "starting keepalived"
    systemctl start keepalived
  elif changed keepalived; then
    say "reloading keepalived"
    systemctl reload-or-restart keepalived
  fi
  # A try before the address is there would hang for seconds.
  wait_for 30 "$VIP answers" "see \`journalctl -u keepalived\`, and whether another machine has this address" \
    timeout 0.5 bash -c "exec 3<>/dev/tcp/$VIP/$PORT"
  active keepalived || fail "keepalived stopped; see \`journalctl -u keepalived\`"
  applied keepalived
  metrics
  log_sender
  say "HAProxy accepts connections and $VIP answers"
}
