# Kubernetes' programs of an exact version, built from its Go modules.
# shellcheck shell=bash

# build_kubernetes FOLDER VERSION PROGRAM...: the programs lie in FOLDER. Kubernetes' module names its staged libraries by a path
# beside itself; here each is the published module of the same release.
build_kubernetes() {
  local folder=$1 version=$2 file name
  shift 2
  mkdir -p "$folder"
  (
    cd "$folder"
    file=$(go mod download -json "k8s.io/kubernetes@v$version" | sed -n 's/^\t"GoMod": "\(.*\)",\{0,1\}$/\1/p')
    {
      printf 'module finding\n\ngo 1.26.0\n\nrequire k8s.io/kubernetes v%s\n\n' "$version"
      grep -oE '^\s+k8s\.io/[a-z-]+ => ' "$file" | tr -d ' \t=>' | while read -r name; do
        printf 'replace %s => %s v0.%s\n' "$name" "$name" "${version#1.}"
      done
    } >go.mod
    go get -tool "${@/#/k8s.io/kubernetes/cmd/}"
    CGO_ENABLED=0 go build -o . -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=v$version" "${@/#/k8s.io/kubernetes/cmd/}"
  ) >"$folder/build.log" 2>&1 && return
  tail -5 "$folder/build.log" >&2
  printf 'not run: %s of Kubernetes %s could not be built\n' "$*" "$version" >&2
  exit 2
}
