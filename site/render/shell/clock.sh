#!/bin/bash
# Keeps this machine's clock with the others', whether a time server answers or none does; a timer starts this every ten minutes.
set -euo pipefail
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
FLOOR=/usr/lib/clock-epoch
CHRONY=/etc/chrony

# What chrony has to say: nothing where it does not run.
ask() { chronyc -c -n "$@" 2>/dev/null || true; }

# Whom this clock follows, as a distance from those that know: 0 for nobody. Machines that follow one another where no time server answers are at 10 and more.
stratum=$(ask tracking | cut -d , -f 3)
stratum=${stratum:-0}

# The latest hour that this machine has known: systemd starts no clock before this file's time, be it 1970 or the day on which an image was made.
# It goes back only with a clock that a time server sets: one that ran ahead for an hour must not do so at each boot from then on.
floor() {
  local now known
  now=$(date +%s)
  known=$(stat -c %Y "$FLOOR" 2>/dev/null || echo 0)
  if [[ $now -lt $known && ! $stratum =~ ^[1-9]$ ]]; then
    echo "the clock is at $(date -u -d "@$now" +%FT%TZ), and this machine has known $(date -u -d "@$known" +%FT%TZ): see \`chronyc sources\` and network.ntp" >&2
    return 0
  fi
  touch "$FLOOR" 2>/dev/null || true
}

# Whether anybody has a time to give, a time server or a machine.
reached() { ask sources | awk -F , '$6 != 0' | grep -q .; }

# Whether any machine of the site answers at all.
heard() {
  local fellow answers
  while read -r fellow; do
    answers=$(ask ntpdata "$fellow" | awk -F , '{ print $33 }')
    [[ ${answers:-0} -eq 0 ]] || return 0
  done < <(awk '{ print $2 }' "$CHRONY/sources.d/groundwork-fellows.sources")
  return 1
}

# Whether this machine may tell its own time where nobody knows a better one: when it follows others already, or when it hears machines and
# none of them has a time to give, as where a whole site starts. One that hears nobody may be the one whose battery is flat.
may_lead() {
  [[ -f $CHRONY/conf.d/groundwork.conf ]] || return 1
  [[ $stratum -eq 0 ]] || return 0
  ! reached && heard
}

floor
[[ $(ask tracking) ]] || exit 0
# A clock that is off is set at once, whenever that is found: the distribution's chrony does so at its first three looks, and would take years for a month.
chronyc -n makestep 1 -1 >/dev/null
! may_lead || chronyc -n "local stratum 10 orphan" >/dev/null
