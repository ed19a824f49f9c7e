#!/usr/bin/env bash
# Software:  host-local of the CNI plugins 1.9.1 (Go module github.com/containernetworking/plugins)
# Guess:     a plugin that says it speaks CNI 1.1 and takes GC frees the addresses of attachments that are not in the list
# Behaviour: it answers GC with success and frees nothing. Addresses of containers that vanished without a DEL stay taken, in a file each
# Output:    exit code 0 for GC with an empty list of attachments; 10.1.0.2 is still in the data folder, and the next ADD gets 10.1.0.3
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
plugin VERSION a '{"cniVersion":"1.1.0"}' | grep -q '"1.1.0"' || changed 'it does not speak CNI 1.1'
plugin ADD gone "{$network}" >"$work/out" || changed "$(<"$work/out")"
plugin GC '' "{\"cni.dev/valid-attachments\":[],$network}" >"$work/out" || changed "GC is refused: $(<"$work/out")"
[[ -e $work/data/pods/10.1.0.2 ]] || changed 'the address is freed'
plugin ADD next "{$network}" >"$work/out" || changed "$(<"$work/out")"
grep -q '10.1.0.3/24' "$work/out" || changed "$(<"$work/out")"
printf 'ok: GC succeeds and frees nothing\n'
