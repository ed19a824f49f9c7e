#!/bin/bash
# Keeps this machine's clock with the others', whether a time server answers or none does; a timer starts this every ten minutes.
set -euo pipefail
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
FLOOR=/usr/lib/clock-epoch
LEADERS=/etc/groundwork/clock

# What chrony has to say: nothing where it does not run.
ask() { chronyc -c -n "$@" 2>/dev/null || true; }

# Whom this clock follows, as a distance from those that know: 0 for nobody. Machines that follow one another where no time server answers are at 10 and more.
tracking=$(ask tracking)
stratum=$(cut -d , -f 3 <<<"$tracking")
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

# Whether machines of the site answer, and with this one most members of etcd among them: where those are, the site is. Two that were away may hear
# each other alone, and would take all others back when they hear them.
heard() {
  # shellcheck source=/dev/null
  . "$LEADERS"
  ask ntpdata | awk -F , -v own="$OWN" -v members="$MEMBERS" -v fellows="$FELLOWS" '
    BEGIN {
      count = split(members, list, " ")
      for (i in list) if (list[i] == own) here++; else member[list[i]]
      split(fellows, list, " ")
      for (i in list) fellow[list[i]]
    }
    $33 > 0 && $1 in fellow { answers++; if ($1 in member) here++ }
    END { exit !(answers > 0 && 2 * here > count) }'
}

# Whether this machine may tell its own time where nobody knows a better one: when it follows others already, or when it hears most of the site and
# nobody there has a time to give, as where a whole site starts. One that hears nobody may be the one whose battery is flat.
may_lead() {
  [[ -f $LEADERS ]] || return 1
  [[ $stratum -eq 0 ]] || return 0
  ! reached && heard
}

floor
[[ $tracking ]] || exit 0
# A clock that is off is set at once, whenever that is found: the distribution's chrony does so at its first three looks, and would take years for a month.
chronyc -n makestep 1 -1 >/dev/null
! may_lead || chronyc -n "local stratum 10 orphan" >/dev/null
