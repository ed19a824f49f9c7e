#!/usr/bin/env bash
# Software:  systemd 252.38-1~deb12u1 (Debian 12), systemd-fstab-generator
# Guess:     nofail only says that the boot goes on where the disk is missing; where it is there, services still start after the mount
# Behaviour: nofail takes the order away as well: the mount is no longer before local-fs.target, after which every ordinary service
#            starts. A database may open its folder on the system disk and be covered by the mount a moment later. RequiresMountsFor=
#            in the service brings the order back
# Output:    var-lib-a.mount has Before=local-fs.target, var-lib-b.mount (nofail) has no Before= at all
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/debian-programs.sh
source ./programs/debian-programs.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

needs_debian systemd 252.38-1~deb12u1
mkdir "$work/normal" "$work/early" "$work/late"
printf '%s\n' 'LABEL=a /var/lib/a ext4 defaults 0 2' 'LABEL=b /var/lib/b ext4 nofail 0 2' >"$work/fstab"
SYSTEMD_FSTAB=$work/fstab /usr/lib/systemd/system-generators/systemd-fstab-generator "$work/normal" "$work/early" "$work/late"
grep -q '^Before=local-fs.target' "$work/normal/var-lib-a.mount" || changed 'an ordinary mount is not before local-fs.target'
if grep -q '^Before=' "$work/normal/var-lib-b.mount"; then changed 'a mount with nofail is ordered again'; fi
printf 'ok: the mount with nofail has no order towards local-fs.target\n'
