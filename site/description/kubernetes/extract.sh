#!/bin/bash
# Writes the fields of the kubelet's and kube-proxy's configuration for one release, and the feature gates that they know: the
# one file that versions.ts reads for a minor version.
set -euo pipefail
cd "$(dirname "$0")"
release=${1:?usage: extract.sh MAJOR.MINOR.PATCH of Kubernetes}
module=v0.${release#*.}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export CGO_ENABLED=0

mkdir "$folder/fields" "$folder/gates"
cp fields.go "$folder/fields/main.go"
cp gates.go "$folder/gates/main.go"
(
  cd "$folder/fields"
  go mod init fields
  go get "k8s.io/kubelet@$module" "k8s.io/kube-proxy@$module"
  go mod tidy
  go run . >"$folder/fields.json"
) >&2
(
  cd "$folder/gates"
  # Kubernetes' module names its own libraries by a path beside itself; here each is the published module of the same release.
  file=$(go mod download -json "k8s.io/kubernetes@v$release" | jq -r .GoMod)
  go mod init gates
  go mod edit -go="$(awk '$1 == "go" { print $2 }' "$file")" -require="k8s.io/kubernetes@v$release"
  grep -oE '^\s+k8s\.io/[a-z-]+ => ' "$file" | tr -d ' \t=>' | while read -r name; do
    go mod edit -replace="$name=$name@$module"
  done
  go mod tidy
  go run -trimpath . >"$folder/gates.json"
) >&2
jq --slurpfile gates "$folder/gates.json" '. + {gates: $gates[0]}' "$folder/fields.json" >"fields-${release%.*}.json"
npx biome format --write "fields-${release%.*}.json"
