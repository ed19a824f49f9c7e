#!/bin/bash
# Writes the fields of the kubelet's and kube-proxy's configuration for one release: the one file that
# versions.ts reads for a minor version.
set -euo pipefail
cd "$(dirname "$0")"
release=${1:?usage: extract.sh MAJOR.MINOR.PATCH of Kubernetes}
module=v0.${release#*.}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp main.go "$folder"
(
  cd "$folder"
  go mod init fields
  go get "k8s.io/kubelet@$module" "k8s.io/kube-proxy@$module"
  go mod tidy
  go run . > fields.json
) >&2
cp "$folder/fields.json" "fields-${release%.*}.json"
npx biome format --write "fields-${release%.*}.json"
