# The disk that a machine has of its own, for a store or for volumes. The header sets DATA_DISK (yes where the plan gives it one), DATA_GIB (its
# planned size) and DATA_DEVICE (its planned device on a server that exists, else nothing); who uses it sets DATA (where it is mounted), LABEL (by
# which it is found), DATA_OF (whose it is) and MOUNTED_BEFORE (a unit that starts later, if there is one).
# shellcheck shell=bash

# may_hold DISK: no floppy and no disk in memory or over the network, one that can be written, and not far smaller than planned.
may_hold() {
  local size
  case ${1##*/} in fd* | zram* | ram* | loop* | nbd* | sr*) return 1 ;; esac
  [[ $(lsblk -dnro RO "$1" | tr -d ' ') != 1 ]] || return 1
  size=$(lsblk -dnbro SIZE "$1" | tr -d ' ')
  [[ -z $size || $size -ge $((${DATA_GIB:-0} * 536870912)) ]]
}

# is_planned DISK: the planned device, by its path, or by the WWN or serial that its name holds: naa.5000c500a1, wwn-0x5000c500a1.
is_planned() {
  local id=${DATA_DEVICE:-}
  [[ -n $id ]] || return 1
  [[ $id != /* || $(readlink -f "$id") != "$1" ]] || return 0
  id=${id##*/}
  id=${id#*.}
  id=${id#wwn-}
  id=${id#0x}
  [[ ${#id} -ge 6 && $(lsblk -dnro WWN,SERIAL "$1" | tr '[:upper:]' '[:lower:]') == *"${id,,}"* ]]
}

# The data disk is the planned device where the server has it, else the one disk that nothing uses. It is formatted only if it is blank, and found by its label ever after.
data_disk() {
  local disk uuid planned='' blank=()
  [[ $DATA_DISK == yes ]] || { mkdir -p "$DATA"; return 0; }
  mountpoint -q "$DATA" && return 0
  if disk=$(blkid -L "$LABEL"); then
    say "using $disk, which was made for $DATA_OF"
  else
    while read -r disk; do
      may_hold "$disk" || continue
      ! is_planned "$disk" || planned=$disk
      [[ -z $(lsblk -nro MOUNTPOINT "$disk" | tr -d '\n') && $(lsblk -nro NAME "$disk" | wc -l) -eq 1 ]] || continue
      blank+=("$disk")
    done < <(lsblk -dnpro NAME,TYPE | awk '$2 == "disk" { print $1 }')
    if [[ -n $planned ]]; then
      [[ " ${blank[*]} " == *" $planned "* ]] ||
        fail "$planned is the planned device $DATA_DEVICE, and something uses it; free it, or plan another device"
      blank=("$planned")
    fi
    [[ ${#blank[@]} -eq 1 ]] ||
      fail "found ${#blank[@]} unused disks for $DATA_OF (${blank[*]:-none}); give the machine exactly one beside its system disk${DATA_DEVICE:+, or name one of them as the device in place of $DATA_DEVICE}"
    disk=${blank[0]}
    [[ -z $(wipefs --noheadings "$disk" 2>/dev/null) ]] ||
      fail "$disk holds data that is not for $DATA_OF ($(blkid -s TYPE -o value "$disk" || echo unknown)); it is never wiped: do it yourself with \`wipefs\` or give another disk"
    say "formatting $disk, which is blank"
    mkfs.ext4 -q -L "$LABEL" -m 0 "$disk" >>"$LOG" 2>&1
  fi
  uuid=$(blkid -s UUID -o value "$disk")
  mkdir -p "$DATA"
  grep -q "^UUID=$uuid " /etc/fstab || printf 'UUID=%s %s ext4 noatime,nofail,x-systemd.device-timeout=60%s 0 2\n' "$uuid" "$DATA" "${MOUNTED_BEFORE:+,x-systemd.before=$MOUNTED_BEFORE}" >>/etc/fstab
  systemctl daemon-reload
  mount "$DATA"
}
