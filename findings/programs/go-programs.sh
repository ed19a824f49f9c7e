# Programs of exact versions, built from Go's public modules.
# shellcheck shell=bash

# build_go FOLDER PACKAGE@VERSION...: the programs lie in FOLDER under the last part of their names.
build_go() {
  local folder=$1
  shift
  mkdir -p "$folder"
  (
    cd "$folder"
    printf 'module finding\n\ngo 1.26.0\n' >go.mod
    go get -tool "$@" && go build -o . "${@%@*}"
  ) >"$folder/build.log" 2>&1 && return
  tail -5 "$folder/build.log" >&2
  printf 'not run: %s could not be built\n' "$*" >&2
  exit 2
}

# run_go FOLDER MODULE@VERSION...: builds and runs FOLDER/main.go, which imports packages of these modules.
run_go() {
  local folder=$1
  shift
  (
    cd "$folder"
    printf 'module finding\n\ngo 1.26.0\n' >go.mod
    go get "$@" && go mod tidy && go build -o program .
  ) >"$folder/build.log" 2>&1 || {
    tail -5 "$folder/build.log" >&2
    printf 'not run: %s could not be built\n' "$*" >&2
    exit 2
  }
  "$folder/program"
}
