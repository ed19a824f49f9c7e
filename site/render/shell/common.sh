# Common to all roles. The header before this sets MACHINE, ADDRESS, VERSION_ADVICE (what to do about a program of another
# version than the planned one), NAME_ADVICE (about another host name) and FILES, one `mode owner path units` a line.
# shellcheck shell=bash
set -Eeuo pipefail
shopt -s inherit_errexit
umask 077
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# A proxy of a login's environment is not meant for this, and kubeadm would give it to the control plane's pods.
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY

# What to do: all, or one thing that this script calls itself for.
# shellcheck disable=SC2034
WHAT=${1:-all}
HERE=$(dirname "$(readlink -f "$0")")
# What this very machine is known by: one that takes its place has another.
# shellcheck disable=SC2034
IDENTITY=$(cat "$HERE/identity")
STATE=/var/lib/groundwork
LOG=/var/log/groundwork.log
STARTED=$SECONDS

say() { printf '%s: %s (%d s)\n' "$MACHINE" "$*" $((SECONDS - STARTED)); }

# fail "what is wrong; what to do": the last line that the operator sees.
fail() {
  trap - ERR
  { printf '%s\n' "$*" >"$STATE/failure"; } 2>/dev/null || true
  printf '%s: %s\n' "$MACHINE" "$*" >&2
  exit 1
}

# under_lock NAME WORD: this script's WORD, while no other machine holds the lock NAME in etcd. Its reason is told again, as etcdctl
# has a last word of its own.
under_lock() {
  rm -f "$STATE/failure"
  etcdctl lock "groundwork/$1" --ttl=60 -- bash "$HERE/apply" "$2" && return 0
  fail "$(cat "$STATE/failure" 2>/dev/null || echo "the lock $1 cannot be had; see whether the etcd members are healthy")"
}

# Anything that fails without a word of its own. A full disk is the usual reason, and then nothing else is worth saying.
unexpected() {
  local status=$1 command=$2
  trap - ERR
  room_left
  fail "\`${command%%$'\n'*}\` failed with status $status; see $LOG and journalctl on the machine, then run \`pulumi up\` again"
}
trap 'unexpected $? "$BASH_COMMAND"' ERR

# Fails where a file system that is written to has less than 64 MiB left.
room_left() {
  local path free
  for path in / /etc /tmp /var/lib /var/log /var/lib/etcd /var/lib/kubelet /var/lib/containerd; do
    [[ -d $path ]] || continue
    free=$(df --output=avail --block-size=M "$path" 2>/dev/null | tail -n 1 | tr -dc 0-9) || continue
    [[ ${free:-64} -ge 64 ]] ||
      fail "the disk with $path has only $free MiB left; free some space or give the machine a larger disk"
  done
}

# needs COMMAND...: the machine image must have them.
needs() {
  local name missing=()
  for name in "$@"; do
    command -v "$name" >/dev/null || missing+=("$name")
  done
  [[ ${#missing[@]} -eq 0 ]] || fail "${missing[*]} not installed; use a machine image that has them"
}

# What is installed, of programs that run as a service: a newer one is started in place of an older one.
declare -A INSTALLED=()

# holds PROGRAM PLANNED FOUND: the program is of the planned version, as far as the plan names it.
holds() {
  INSTALLED[$1]=$3
  [[ $3 == "$2" || $3 == "$2".* ]] || fail "$1 ${3:-of an unknown version} is installed and $2 is planned; $VERSION_ADVICE"
}

# One apply at a time: a run that lost its connection may still be at work.
begin() {
  [[ $EUID -eq 0 ]] || fail "not run as root; let the SSH user run sudo without a password"
  [[ -d /run/systemd/system ]] || fail "systemd does not run here; use a machine image that boots with systemd"
  wait_for 120 "the machine has booted" "see its console" systemctl show --property=Version
  # A name may be a full one: its first label is the machine's.
  local name
  name=$(hostname)
  [[ ${name%%.*} == "$MACHINE" ]] || fail "the host name is $name; $NAME_ADVICE"
  mkdir -p "$STATE/applied"
  exec 9>"$STATE/lock"
  flock --nonblock 9 || {
    say "waiting for an earlier run to finish"
    flock --timeout 300 9 || fail "an earlier run has been at work for 5 minutes; see \`ps\` on the machine"
  }
  given_up
  room_left
  clock_agrees
  keeper
  # What a run left behind that was cut off.
  find /run -maxdepth 1 -name 'groundwork.????????' -mmin +60 -exec rm -rf {} +
}

# Successors that waited for their turn while an `up` brought what follows it are successors no more.
given_up() {
  [[ -f $HERE/schedule ]] || return 0
  [[ $(cat "$HERE/schedule") != "$(sha256sum </etc/groundwork/successors/schedule | cut -c1-64)" ]] || return 0
  say "an \`up\` was faster, and brought newer certificates"
  exit 0
}

# The user whom other machines ask for what opens their successors.
keeper() {
  if grep -q ' root:groundwork-keeper ' <<<"$FILES"; then
    getent passwd groundwork-keeper >/dev/null ||
      useradd --system --user-group --password '*' --home-dir /var/lib/groundwork-keeper --no-create-home --shell /bin/sh groundwork-keeper
  elif getent passwd groundwork-keeper >/dev/null; then
    userdel groundwork-keeper
  fi
}

# No certificate is valid before it was made, which was by the clock of the computer that runs Pulumi.
clock_agrees() {
  local behind
  [[ -f $HERE/issued ]] || return 0
  behind=$(($(date -d "$(cat "$HERE/issued")" +%s) - $(date +%s)))
  [[ $behind -gt 0 ]] || return 0
  [[ $behind -le 30 ]] ||
    fail "the clock is $behind s behind that of the computer that made its certificates; set the one that is wrong, and if it was the computer's, run \`pulumi up\` with another pki.certificateHours, which renews them"
  say "waiting $behind s until its certificates are valid"
  sleep "$behind"
}

# wait_for SECONDS WHAT ADVICE COMMAND...: tries five times a second; says every ten seconds that it still waits.
wait_for() {
  local limit=$1 what=$2 advice=$3 since=$SECONDS told=$SECONDS
  shift 3
  until "$@" >/dev/null 2>&1; do
    [[ $((SECONDS - since)) -lt $limit ]] || fail "$what: not after $limit seconds; $advice"
    if [[ $((SECONDS - told)) -ge 10 ]]; then
      told=$SECONDS
      say "waiting: $what, $((SECONDS - since)) s of at most $limit s"
    fi
    sleep 0.2
  done
}

# http_ok PORT PATH: a health check on the loopback address, without TLS.
http_ok() {
  local answer
  exec 8<>"/dev/tcp/127.0.0.1/$1" || return 1
  printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$2" >&8
  IFS= read -r -t 5 answer <&8
  exec 8>&-
  [[ $answer == *" 200 "* ]]
}

tcp_open() { (exec 3<>"/dev/tcp/$1/$2"); }

# Installs what differs, each file by one rename; removes what an earlier run installed and this one does not know.
# A file of the unit `kubeadm-init` is only there for as long as it is needed.
install_files() {
  local mode owner path units new
  local -A wanted=()
  UNITS_CHANGED=
  while read -r mode owner path units; do
    wanted[$path]=yes
    [[ $units != kubeadm-init ]] || continue
    if [[ -f $path ]] && cmp -s "$HERE/files$path" "$path" && [[ $(stat -c '%04a %U:%G' "$path") == "$mode $owner" ]]; then
      continue
    fi
    [[ -d ${path%/*} ]] || (umask 022 && mkdir -p "${path%/*}")
    new=$path.groundwork-new
    rm -f "$new"
    install -m "$mode" -o "${owner%:*}" -g "${owner#*:}" "$HERE/files$path" "$new"
    mv -f "$new" "$path"
    [[ $path != /etc/systemd/system/* ]] || UNITS_CHANGED=yes
  done <<<"$FILES"
  if [[ -f $STATE/files ]]; then
    while read -r path; do
      [[ -z ${wanted[$path]:-} ]] || continue
      rm -f "$path"
      [[ $path != /etc/systemd/system/* ]] || UNITS_CHANGED=yes
    done <"$STATE/files"
  fi
  printf '%s\n' "${!wanted[@]}" | sort >"$STATE/files.new"
  mv -f "$STATE/files.new" "$STATE/files"
  # What a successor is put in force with.
  install -m 0700 "$HERE/apply" "$STATE/apply"
  install -m 0600 "$HERE/identity" "$STATE/identity"
  [[ -z $UNITS_CHANGED ]] || systemctl daemon-reload
}

# digest UNIT: of the program and all that the unit reads, so that a run that was cut off between installing and restarting is made good.
digest() {
  local mode owner path units
  {
    printf '%s' "${INSTALLED[$1]:-}"
    while read -r mode owner path units; do
      [[ ,$units, == *",$1,"* ]] || continue
      printf '%s %s %s\n' "$mode" "$owner" "$path"
      cat "$path"
    done <<<"$FILES"
  } | sha256sum | cut -c1-64
}

# changed UNIT: is there something that it has not been restarted for?
changed() { [[ ! -f $STATE/applied/$1 || $(digest "$1") != "$(cat "$STATE/applied/$1")" ]]; }

# applied UNIT...: remembers that they run with what is installed.
applied() {
  local unit
  for unit in "$@"; do
    digest "$unit" >"$STATE/applied/$unit.new"
    mv -f "$STATE/applied/$unit.new" "$STATE/applied/$unit"
  done
}

reads() { grep -Eq " ([a-z-]+,)*$1(,[a-z-]+)*$" <<<"$FILES"; }

active() { systemctl is-active --quiet "$1"; }

enable() { systemctl is-enabled --quiet "$1" 2>/dev/null || systemctl enable --quiet "$1"; }

# Kernel modules and settings. What a kernel has built in cannot be loaded; what it lacks is found by who needs it.
kernel() {
  changed kernel || return 0
  local module
  if [[ -f /etc/modules-load.d/groundwork.conf ]]; then
    while read -r module; do modprobe -q "$module" || true; done </etc/modules-load.d/groundwork.conf
  fi
  sysctl -q -e -p /etc/sysctl.d/90-groundwork.conf >>"$LOG" 2>&1 || true
  applied kernel
}

clock() {
  if ! grep -q '/groundwork.sources ' <<<"$FILES" && ! command -v chronyc >/dev/null; then
    say "chrony is not installed: whoever sets this clock is trusted"
  elif changed clock; then
    enable chrony
    systemctl restart chrony
    systemctl enable --quiet groundwork-clock.timer
    systemctl restart groundwork-clock.timer
    applied clock
  fi
  # No certificate on this machine is younger than this hour: after a boot with a flat battery all are valid.
  groundwork-clock || true
}

# What bounds the journal, where the machine is made for the site, and the timer that keeps other logs small. What services say while journald
# starts anew waits for it.
logs() {
  if reads journal && changed journal; then
    systemctl restart systemd-journald
    applied journal
  fi
  changed logs || return 0
  systemctl enable --quiet groundwork-logs.timer
  systemctl restart groundwork-logs.timer
  applied logs
}

# The timer that puts successors in force, where the site is to live alone.
successors() {
  if ! reads successor; then
    [[ ! -f $STATE/applied/successor ]] || systemctl disable --quiet --now groundwork-successor.timer 2>/dev/null || true
    rm -f "$STATE/applied/successor" "$STATE/successor-in-force"
    return 0
  fi
  changed successor || return 0
  command -v age >/dev/null || fail "age is not installed, which opens the certificates for the time alone; use a machine image that has it, or set pki.aloneMonths to 0"
  systemctl daemon-reload
  systemctl enable --quiet --now groundwork-successor.timer
  applied successor
}

# The socket at which this machine tells its metrics, where the site is watched.
metrics() {
  if ! reads metrics; then
    [[ -f $STATE/applied/metrics ]] || return 0
    systemctl stop groundwork-metrics.socket 2>/dev/null || true
    rm -f /etc/systemd/system/sockets.target.wants/groundwork-metrics.socket "$STATE/applied/metrics"
    return 0
  fi
  changed metrics || return 0
  systemctl enable --quiet groundwork-metrics.socket
  systemctl restart groundwork-metrics.socket
  applied metrics
}

# What sends this machine's logs, where they are kept or sent elsewhere.
log_sender() {
  if ! reads log-sender; then
    [[ -f $STATE/applied/log-sender ]] || return 0
    systemctl stop groundwork-log-sender 2>/dev/null || true
    rm -rf /etc/systemd/system/multi-user.target.wants/groundwork-log-sender.service /var/lib/groundwork/log-sender "$STATE/applied/log-sender"
    return 0
  fi
  changed log-sender || return 0
  [[ -x /usr/sbin/rsyslogd && -n $(find /usr/lib -path '*/rsyslog/lmnsd_gtls.so' 2>/dev/null) ]] ||
    fail "rsyslog with rsyslog-gnutls is not installed, which sends logs; use a machine image that has them, or leave addons.monitoring.logs out"
  install -d -m 0700 /var/lib/groundwork/log-sender
  quietly "rsyslog's check of its configuration" "report this" rsyslogd -N1 -f /etc/groundwork/log-sender/rsyslog.conf
  systemctl enable --quiet groundwork-log-sender
  systemctl restart groundwork-log-sender
  active groundwork-log-sender || fail "what sends logs stopped; see \`journalctl -u groundwork-log-sender\`"
  applied log-sender
}

# quietly WHAT ADVICE COMMAND...: output goes to the log, its last error to the operator if it fails.
quietly() {
  local what=$1 advice=$2 output=$STATE/output reason
  shift 2
  if "$@" >"$output" 2>&1; then
    cat "$output" >>"$LOG"
    rm -f "$output"
    return 0
  fi
  cat "$output" >>"$LOG"
  room_left
  reason=$(grep -Ei 'error|fail|cannot|not ' "$output" | grep -v 'WARNING' | head -n 3 | tr '\n\t' '  ' | cut -c1-400) || true
  fail "$what failed: ${reason:-no reason given}; $advice (all of it: $LOG)"
}
