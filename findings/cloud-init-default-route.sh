#!/usr/bin/env bash
# Software:  cloud-init 22.4.2-1+deb12u4 (Debian 12), network configuration version 2
# Guess:     version 2 is netplan's form, so "to: default" is a default route with every renderer
# Behaviour: only the netplan renderer takes it, because it hands the text on. The others (ifupdown, systemd-networkd,
#            NetworkManager) raise an error and write nothing; "to: 0.0.0.0/0" works with all four
# Output:    ValueError: Address default is not a valid ip address
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/cloud-init-package.sh
source ./programs/cloud-init-package.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

unpack_cloud_init "$work"
network() {
  printf '%s\n' 'network:' '  version: 2' '  ethernets:' '    card:' '      match: {macaddress: "00:50:56:0a:0b:0c"}' \
    '      set-name: eth0' '      addresses: [10.0.0.5/24]' "      routes: [{to: $1, via: 10.0.0.1}]"
}
network default >"$work/word.yaml"
network 0.0.0.0/0 >"$work/zero.yaml"
for renderer in netplan eni networkd network-manager; do
  render_network "$work/zero.yaml" "$renderer" "$work/zero-$renderer" >"$work/out" || changed "$renderer refuses 0.0.0.0/0: $(tail -1 "$work/out")"
done
render_network "$work/word.yaml" netplan "$work/word-netplan" >"$work/out" || changed "netplan refuses default: $(tail -1 "$work/out")"
for renderer in eni networkd network-manager; do
  if render_network "$work/word.yaml" "$renderer" "$work/word-$renderer" >"$work/out"; then changed "$renderer takes default"; fi
  grep -q 'Address default is not a valid ip address' "$work/out" || changed "$renderer: $(tail -1 "$work/out")"
done
printf 'ok: "to: default" is taken by netplan alone\n'
