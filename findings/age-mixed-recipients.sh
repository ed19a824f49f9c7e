#!/usr/bin/env bash
# Software:  age 1.3.2 (Go module filippo.io/age)
# Guess:     a file may have recipients of every kind, so old keys and new post-quantum keys stand side by side until all have changed
# Behaviour: the command refuses the mix, because the file would be no safer than its weakest recipient. A list of recipients changes
#            over at once, or backups are encrypted twice
# Output:    age: error: incompatible recipients: can't mix post-quantum and classic recipients, …
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/go-programs.sh
source ./programs/go-programs.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

build_go "$work/bin" filippo.io/age/cmd/age@v1.3.2 filippo.io/age/cmd/age-keygen@v1.3.2
PATH=$work/bin:$PATH
age-keygen -o "$work/old" 2>/dev/null
age-keygen -pq -o "$work/new" 2>/dev/null
printf 'backup' >"$work/text"
for key in old new; do
  age-keygen -y "$work/$key" >"$work/$key.pub"
  age -R "$work/$key.pub" "$work/text" >"$work/$key.age" || changed "a file for the $key key alone is refused"
done
if age -R "$work/old.pub" -R "$work/new.pub" "$work/text" >"$work/both.age" 2>"$work/error"; then changed 'the mix is taken'; fi
grep -q "can't mix post-quantum and classic recipients" "$work/error" || changed "$(head -1 "$work/error")"
printf 'ok: each key is taken alone, both together are refused\n'
