#!/usr/bin/env bash
# Software:  containerd 2.4.2 (Go module github.com/containerd/containerd/v2)
# Guess:     --config with a path where nothing is, and an import of such a path, end with an error
# Behaviour: both are passed over without a word and the defaults count: the default socket, runc, overlayfs. A key that containerd
#            does not know is a warning and exit code 0
# Output:    exit code 0 and the defaults for --config /nonexistent/config.toml; "Ignoring unknown key in TOML" for oom_scor
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/go-programs.sh
source ./programs/go-programs.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

build_go "$work/bin" github.com/containerd/containerd/v2/cmd/containerd@v2.4.2
containerd() { "$work/bin/containerd" "$@"; }
containerd config default >"$work/default"
containerd --config "$work/nonexistent.toml" config dump >"$work/dump" 2>"$work/words" || changed 'a missing file is an error'
cmp -s "$work/default" "$work/dump" || changed 'a missing file does not give the defaults'
[[ ! -s $work/words ]] || changed "$(head -1 "$work/words")"
printf 'version = 4\nimports = ["%s/nonexistent.toml"]\n' "$work" >"$work/import.toml"
containerd --config "$work/import.toml" config dump >/dev/null 2>"$work/words" || changed 'a missing import is an error'
[[ ! -s $work/words ]] || changed "$(head -1 "$work/words")"
printf 'version = 4\noom_scor = -999\n' >"$work/key.toml"
containerd --config "$work/key.toml" config dump >/dev/null 2>"$work/words" || changed 'an unknown key is an error'
grep -q 'Ignoring unknown key in TOML' "$work/words" || changed 'nothing is said of an unknown key'
printf 'ok: a missing configuration and a missing import are no errors, an unknown key is a warning\n'
