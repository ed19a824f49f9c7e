#!/usr/bin/env bash
# Software:  containerd 2.4.2 (Go module github.com/containerd/containerd/v2)
# Guess:     what an imported file says replaces what the main file says
# Behaviour: it depends. A plugin's setting is replaced, also by false. A list at the top is added to, never replaced. A number at the
#            top that is 0 counts as not given, so a drop-in cannot take oom_score back to 0
# Output:    disabled_plugins has both plugins, oom_score = -500, SystemdCgroup = false
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/go-programs.sh
source ./programs/go-programs.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

build_go "$work/bin" github.com/containerd/containerd/v2/cmd/containerd@v2.4.2
containerd() { "$work/bin/containerd" "$@"; }
cat >"$work/main.toml" <<EOF
version = 3
imports = ["$work/drop-in.toml"]
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs"]
oom_score = -500
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
  SystemdCgroup = true
EOF
cat >"$work/drop-in.toml" <<'EOF'
version = 3
disabled_plugins = ["io.containerd.snapshotter.v1.zfs"]
oom_score = 0
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
  SystemdCgroup = false
EOF
containerd --config "$work/main.toml" config dump >"$work/dump" 2>/dev/null || changed 'the configuration is refused'
grep -q "^disabled_plugins = \['io.containerd.snapshotter.v1.btrfs', 'io.containerd.snapshotter.v1.zfs'\]" "$work/dump" ||
  changed "$(grep '^disabled_plugins' "$work/dump")"
grep -q '^oom_score = -500' "$work/dump" || changed "$(grep '^oom_score' "$work/dump")"
grep -q 'SystemdCgroup = false' "$work/dump" || changed "$(grep SystemdCgroup "$work/dump")"
printf 'ok: a list is added to, a zero is passed over, a setting of a plugin is replaced\n'
