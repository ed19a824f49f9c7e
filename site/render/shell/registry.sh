# A copy of the site's registry: Distribution, which only this machine reaches, and HAProxy before it.
# shellcheck shell=bash

REGISTRY_UNITS="groundwork-registry-copy.timer groundwork-registry-front.service groundwork-registry.service"

# Images that lie there stay, where the description has no registry of the site's any more.
no_registry() {
  local unit
  [[ -f $STATE/applied/registry ]] || return 0
  for unit in $REGISTRY_UNITS; do
    systemctl stop "$unit" 2>/dev/null || true
    # A timer whose unit's file is gone counts as failed.
    systemctl reset-failed "$unit" 2>/dev/null || true
    rm -f "/etc/systemd/system/multi-user.target.wants/$unit" "/etc/systemd/system/timers.target.wants/$unit"
  done
  rm -f "$STATE"/applied/registry "$STATE"/applied/registry-{front,copy} "$STATE/registry-filled"
}

own_registry() {
  reads registry || {
    no_registry
    return 0
  }
  needs registry haproxy socat curl
  INSTALLED[registry]=$(registry --version)
  enable groundwork-registry
  if ! active groundwork-registry; then
    systemctl start groundwork-registry
  elif changed registry; then
    systemctl restart groundwork-registry
  fi
  wait_for 30 "the registry answers" "see \`journalctl -u groundwork-registry\`" \
    curl --silent --fail --unix-socket /run/groundwork-registry/registry.sock http://registry/v2/
  applied registry
  quietly "HAProxy's check of its configuration" "report this" haproxy -c -q -f /etc/groundwork/registry/front.cfg
  enable groundwork-registry-front
  if ! active groundwork-registry-front; then
    systemctl start groundwork-registry-front
  elif changed registry-front; then
    systemctl reload-or-restart groundwork-registry-front
  fi
  wait_for 30 "the registry is reached" "see \`journalctl -u groundwork-registry-front\`" \
    curl --silent --fail --noproxy '*' --cacert /etc/groundwork/registry/ca.crt "https://$ADDRESS:5000/healthz"
  applied registry-front
  # A machine that takes another's place has nothing yet, and the next one to be replaced may have all.
  if [[ ! -f $STATE/registry-filled ]]; then
    say "copying what the other copy of the registry has"
    quietly "the copy of the registry" "see that the other copy is well, and run \`pulumi up\` again" groundwork-registry-copy now
    : >"$STATE/registry-filled"
  fi
  if changed registry-copy; then
    systemctl enable --quiet groundwork-registry-copy.timer
    systemctl restart groundwork-registry-copy.timer
    applied registry-copy
  fi
}
