#!/usr/bin/env bash
# Software:  cloud-init 22.4.2-1+deb12u4 (Debian 12), network configuration version 2 with the ifupdown renderer
# Guess:     name servers that are given to one card are written for that card
# Behaviour: they are written for the loopback interface as well, and beside the card's own line stands one called "dns" with Python's
#            print of a dictionary
# Output:    iface lo inet loopback / dns-nameservers 10.0.0.53; dns {'nameservers': ['10.0.0.53'], 'search': []}
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/cloud-init-package.sh
source ./programs/cloud-init-package.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

unpack_cloud_init "$work"
printf '%s\n' 'network:' '  version: 2' '  ethernets:' '    card:' '      match: {macaddress: "00:50:56:0a:0b:0c"}' '      set-name: eth0' \
  '      addresses: [10.0.0.5/24]' '      nameservers: {addresses: [10.0.0.53]}' >"$work/network.yaml"
render_network "$work/network.yaml" eni "$work/eni" >"$work/out" || changed "$(tail -1 "$work/out")"
interfaces=$work/eni/etc/network/interfaces.d/50-cloud-init
grep -A1 '^iface lo inet loopback' "$interfaces" | grep -q 'dns-nameservers 10.0.0.53' || changed 'the loopback interface has no name server'
grep -q "^ *dns {'nameservers': \['10.0.0.53'\]" "$interfaces" || changed 'there is no dictionary'
printf 'ok: the card'"'"'s name server is written for the loopback interface, too\n'
