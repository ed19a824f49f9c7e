#!/usr/bin/env bash
# Software:  containerd 2.4.2 (Go module github.com/containerd/containerd/v2)
# Guess:     files in /etc/containerd/conf.d are read: `containerd config dump` lists imports = ['/etc/containerd/conf.d/*.toml']
#            whatever the configuration says
# Behaviour: the line in the dump is the default, and the default is not followed. The files are read only where the configuration
#            itself has the line; without it a drop-in there does nothing
# Output:    with a drop-in oom_score = -7: 0 for `version = 4` alone, -7 with the line; the dump shows the same imports for both
# Needs root, for a mount namespace in which /etc/containerd is empty.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/go-programs.sh
source ./programs/go-programs.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

build_go "$work/bin" github.com/containerd/containerd/v2/cmd/containerd@v2.4.2
containerd() { "$work/bin/containerd" "$@"; }
printf 'version = 4\n' >"$work/bare.toml"
printf 'version = 4\nimports = ["/etc/containerd/conf.d/*.toml"]\n' >"$work/line.toml"
cat >"$work/look.sh" <<'EOF'
set -euo pipefail
mount -t tmpfs none "$FOLDER"
mkdir -p /etc/containerd/conf.d
printf 'version = 3\noom_score = -7\n' >/etc/containerd/conf.d/drop-in.toml
for name in bare line; do
  "$WORK/bin/containerd" --config "$WORK/$name.toml" config dump 2>/dev/null | grep -E '^(oom_score|imports)' | paste -sd' '
done
EOF
folder=/etc/containerd
[[ -d $folder ]] || folder=/etc
seen=$(FOLDER=$folder WORK=$work unshare --mount bash "$work/look.sh")
wanted="oom_score = 0 imports = ['/etc/containerd/conf.d/*.toml']
oom_score = -7 imports = ['/etc/containerd/conf.d/*.toml']"
[[ $seen == "$wanted" ]] || changed "$seen"
printf 'ok: conf.d is in the dump of both, and read only where the configuration names it\n'
