#!/usr/bin/env bash
# Software:  kubeadm 1.37.2 (Go module k8s.io/kubernetes)
# Guess:     a configuration of v1beta3, the older of two versions that kubeadm had for years, is still read with a warning, or at least
#            `kubeadm config migrate` makes the newer one of it
# Behaviour: it is an error, for migrate too. Only kubeadm 1.36 or older can migrate the file, so it is to be done before the upgrade;
#            v1beta4 is taken
# Output:    error: your configuration file uses an old API spec: "kubeadm.k8s.io/v1beta3" … Please use kubeadm v1.36 instead
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/kubernetes-module.sh
source ./programs/kubernetes-module.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

build_kubernetes "$work/bin" 1.37.2 kubeadm
for version in 3 4; do
  printf '%s\n' "apiVersion: kubeadm.k8s.io/v1beta$version" 'kind: ClusterConfiguration' 'kubernetesVersion: v1.37.2' >"$work/$version.yaml"
done
"$work/bin/kubeadm" config validate --config "$work/4.yaml" >"$work/out" 2>&1 || changed "v1beta4: $(head -1 "$work/out")"
for command in "validate --config" "migrate --old-config"; do
  # shellcheck disable=SC2086 # two words
  if "$work/bin/kubeadm" config $command "$work/3.yaml" >"$work/out" 2>&1; then changed "$command takes v1beta3"; fi
  grep -q 'old API spec: "kubeadm.k8s.io/v1beta3".*Please use kubeadm v1.36 instead' "$work/out" || changed "$(head -1 "$work/out")"
done
printf 'ok: v1beta3 is refused, also by config migrate\n'
