#!/usr/bin/env bash
# Software:  sigs.k8s.io/yaml 1.6.0 (Go)
# Guess:     a bare value that is no text is an error where the Go field is a string ("cannot unmarshal bool"), as it is in JSON
# Behaviour: Unmarshal looks at the type of the field and turns the value back into text, after YAML has read it: a version loses its
#            last zero, a file mode becomes a decimal number, on becomes true. ~ leaves the field as it was
# Output:    1.10 -> "1.1", 0755 -> "493", on -> "true", 1_000 -> "1000", no error
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=programs/go-programs.sh
source ./programs/go-programs.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

cat >"$work/main.go" <<'EOF'
package main

import (
	"fmt"

	"sigs.k8s.io/yaml"
)

func main() {
	for _, text := range []string{"1.10", "0755", "on", "1_000", "~"} {
		field := struct{ Value string }{"before"}
		err := yaml.Unmarshal([]byte("value: "+text), &field)
		fmt.Print(text, "=", field.Value, " ", err, "; ")
	}
}
EOF
seen=$(run_go "$work" sigs.k8s.io/yaml@v1.6.0)
[[ $seen == "1.10=1.1 <nil>; 0755=493 <nil>; on=true <nil>; 1_000=1000 <nil>; ~=before <nil>; " ]] || changed "$seen"
printf 'ok: %s\n' "$seen"
