#!/usr/bin/env bash
# Software:  e2fsprogs 1.47.0-2 and xfsprogs 6.1.0-1 (Debian 12)
# Guess:     mkfs.ext4 stops where there is a filesystem already, as mkfs.xfs does without -f
# Behaviour: it asks a person at a terminal. In a script it makes the new filesystem over the old one, with exit code 0. mkfs.xfs
#            refuses
# Output:    mkfs.ext4 over XFS: exit code 0; mkfs.xfs over ext4: "appears to contain an existing filesystem (ext4)", exit code 1
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/debian-programs.sh
source ./programs/debian-programs.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

needs_debian e2fsprogs 1.47.0-2
needs_debian xfsprogs 6.1.0-1
truncate -s 400M "$work/disk"
mkfs.xfs -q "$work/disk"
mkfs.ext4 -q "$work/disk" </dev/null >"$work/out" 2>&1 || changed "mkfs.ext4 refuses: $(tail -1 "$work/out")"
[[ $(blkid -p -s TYPE -o value "$work/disk") == ext4 ]] || changed 'the disk is not ext4'
if mkfs.xfs "$work/disk" </dev/null >"$work/out" 2>&1; then changed 'mkfs.xfs goes over ext4'; fi
grep -q 'appears to contain an existing filesystem (ext4)' "$work/out" || changed "$(tail -1 "$work/out")"
printf 'ok: mkfs.ext4 in a script goes over XFS, mkfs.xfs does not go over ext4\n'
