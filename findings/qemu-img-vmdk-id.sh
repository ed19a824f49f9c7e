#!/usr/bin/env bash
# Software:  qemu-utils 1:7.2+dfsg-7+deb12u18+b3 (Debian 12)
# Guess:     the random content id in a VMDK's description has a fixed width, as in VMware's format: eight hexadecimal digits
# Behaviour: it is printed without leading zeros, so that one image in sixteen has a description that is a byte shorter. What puts an
#            id of its own over eight characters writes over the end of that line, and CID and parentCID become one line
# Output:    of 200 images of the same empty disk most have 8 digits and some fewer
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=programs/debian-programs.sh
source ./programs/debian-programs.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }
cd "$work"

needs_debian qemu-utils '1:7.2+dfsg-7+deb12u18+b3'
truncate --size 1M disk.raw
for _ in {1..200}; do
  qemu-img convert -f raw -O vmdk -o subformat=streamOptimized disk.raw disk.vmdk
  id=$(grep --text --only-matching --max-count 1 '^CID=[0-9a-f]*' disk.vmdk)
  printf '%d\n' $((${#id} - 4))
done >digits
(($(grep -c '^8$' digits) > 100)) || changed "few ids have 8 digits"
short=$(grep -vc '^8$' digits) || changed "each id has 8 digits"
printf 'ok: %d of 200 ids have fewer than 8 digits\n' "$short"
