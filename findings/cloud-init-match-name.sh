#!/usr/bin/env bash
# Software:  cloud-init 22.4.2-1+deb12u4 (Debian 12), network configuration version 2
# Guess:     match: {name: "e*"} finds the card whatever it is called, and the id above it is only a label
# Behaviour: only the netplan renderer hands the pattern on. The others leave it out and configure an interface that is called like the
#            id, which does not exist; no error, no warning. A match of the MAC address with set-name is understood by all four
# Output:    iface primary inet static (ifupdown), Name=primary (systemd-networkd), interface-name=primary (NetworkManager)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/cloud-init-package.sh
source ./programs/cloud-init-package.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

unpack_cloud_init "$work"
network() {
  printf '%s\n' 'network:' '  version: 2' '  ethernets:' '    primary:' "      match: $1" '      addresses: [10.0.0.5/24]' "${@:2}"
}
network '{name: "e*"}' >"$work/name.yaml"
network '{macaddress: "00:50:56:0a:0b:0c"}' '      set-name: eth0' >"$work/mac.yaml"
for renderer in netplan eni networkd network-manager; do
  for match in name mac; do
    render_network "$work/$match.yaml" "$renderer" "$work/$match-$renderer" >"$work/out" || changed "$renderer, $match: $(tail -1 "$work/out")"
  done
done
grep -rq 'name: e\*' "$work/name-netplan" || changed 'netplan does not get the pattern'
grep -rq 'iface primary inet static' "$work/name-eni" || changed 'ifupdown does not get primary'
grep -rq 'Name=primary' "$work/name-networkd" || changed 'systemd-networkd does not get primary'
grep -rq 'interface-name=primary' "$work/name-network-manager" || changed 'NetworkManager does not get primary'
for renderer in eni networkd network-manager; do
  if grep -rq 'e\*' "$work/name-$renderer"; then changed "$renderer gets the pattern"; fi
  if grep -rq primary "$work/mac-$renderer"; then changed "$renderer uses the id in spite of a MAC address"; fi
  grep -riq 'eth0\|00:50:56:0a:0b:0c' "$work/mac-$renderer" || changed "$renderer does not get the card"
done
printf 'ok: a pattern of names reaches netplan alone, a MAC address all four\n'
