#!/usr/bin/env bash
# Software:  containerd 2.4.2 (Go module github.com/containerd/containerd/v2)
# Guess:     a configuration of version 3 is of version 4 once its first line says so; containerd itself asks for it at each start
#            ("Configuration migrated from version 3, use `containerd config migrate` to avoid migration")
# Behaviour: in version 4 the listener is a plugin's setting. [grpc] of an older file is carried along and means nothing: containerd
#            listens at the default socket, with no error and no warning. `containerd config migrate` moves it
# Output:    version 3: plugins.'io.containerd.server.v1.grpc' address = '/run/other.sock'; version 4: '/run/containerd/containerd.sock'
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/go-programs.sh
source ./programs/go-programs.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

build_go "$work/bin" github.com/containerd/containerd/v2/cmd/containerd@v2.4.2
containerd() { "$work/bin/containerd" "$@"; }
address() { containerd --config "$1" config dump 2>/dev/null | grep -A1 "'io.containerd.server.v1.grpc'\]" | grep -o "'/run/.*'"; }
printf 'version = 3\n[grpc]\n  address = "/run/other.sock"\n' >"$work/3.toml"
sed 's/version = 3/version = 4/' "$work/3.toml" >"$work/4.toml"
containerd --config "$work/3.toml" config migrate >"$work/migrated.toml" 2>/dev/null
[[ $(address "$work/3.toml") == "'/run/other.sock'" ]] || changed "version 3 listens at $(address "$work/3.toml")"
[[ $(address "$work/4.toml") == "'/run/containerd/containerd.sock'" ]] || changed "version 4 listens at $(address "$work/4.toml")"
[[ $(address "$work/migrated.toml") == "'/run/other.sock'" ]] || changed "the migrated file listens at $(address "$work/migrated.toml")"
printf 'ok: [grpc] counts in version 3, not in version 4\n'
