#!/usr/bin/env bash
# Software:  host-local of the CNI plugins 1.9.1 (Go module github.com/containernetworking/plugins)
# Guess:     ADD for a container and interface that have an address already gives the same address again, so a caller may repeat it
# Behaviour: it is an error. A caller that lost the answer must say DEL first
# Output:    "failed to allocate for range 0: 10.1.0.2 has been allocated to a, duplicate allocation is not allowed"
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/go-programs.sh
source ./programs/go-programs.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

build_go "$work/bin" github.com/containernetworking/plugins/plugins/ipam/host-local@v1.9.1
# plugin COMMAND CONTAINER CONFIGURATION
plugin() {
  CNI_COMMAND=$1 CNI_CONTAINERID=$2 CNI_IFNAME=eth0 CNI_NETNS=/run/netns/none CNI_PATH=$work/bin "$work/bin/host-local" <<<"$3"
}
network="\"cniVersion\":\"1.1.0\",\"name\":\"pods\",\"type\":\"ptp\",\"ipam\":{\"type\":\"host-local\",\"dataDir\":\"$work/data\",\"subnet\":\"10.1.0.0/24\"}"
plugin ADD a "{$network}" >"$work/out" || changed "$(<"$work/out")"
grep -q '10.1.0.2/24' "$work/out" || changed "$(<"$work/out")"
if plugin ADD a "{$network}" >"$work/out"; then changed "the second ADD answers $(<"$work/out")"; fi
grep -q 'duplicate allocation is not allowed' "$work/out" || changed "$(<"$work/out")"
plugin DEL a "{$network}" >"$work/out" || changed "$(<"$work/out")"
plugin ADD a "{$network}" >"$work/out" || changed "ADD after DEL: $(<"$work/out")"
printf 'ok: the second ADD is an error until there was a DEL\n'
