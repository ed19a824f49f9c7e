# The disk of a worker that claims get volumes on. The header sets VOLUMES_FOLDER and VOLUMES_MARK.
# shellcheck shell=bash

# shellcheck disable=SC2034
DATA=$VOLUMES_FOLDER LABEL=groundwork-vol DATA_OF=volumes MOUNTED_BEFORE=kubelet.service

# Where the mark is missing the disk is not there: nobody makes a volume on the system's disk then.
volumes_disk() {
  needs mkfs.ext4 lsblk blkid wipefs resize2fs findmnt
  data_disk
  grow_file_system
  chmod 0700 "$DATA"
  [[ -e $DATA/$VOLUMES_MARK ]] || : >"$DATA/$VOLUMES_MARK"
}

# A disk that has grown is one for the kernel once it has looked again, and one for its file system after that.
grow_file_system() {
  local disk rescan
  disk=$(findmnt --noheadings --output SOURCE --mountpoint "$DATA")
  [[ -b $disk ]] || return 0
  rescan=/sys/class/block/${disk##*/}/device/rescan
  [[ ! -w $rescan ]] || echo 1 >"$rescan"
  resize2fs "$disk" >>"$LOG" 2>&1
}
