#!/usr/bin/env bash
# Software:  sigs.k8s.io/yaml 1.6.0 (Go), which kubectl, kubeadm, kubelet and Helm read YAML with
# Guess:     the keys of a ConfigMap are text, whatever they look like; y and n are ordinary letters, as for PyYAML and YAML 1.2
# Behaviour: bare y, n, on, off, yes and no are truth values, as keys, too, and are turned into the texts "true" and "false". x and y
#            become x and "true"; with y and on in one map, one of the two is lost without an error
# Output:    {x: "1", y: "2", n: "3"} -> {"false":"3","true":"2","x":"1"}; {y: "2", on: "4"} -> one key "true"
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
	for _, text := range []string{"x: '1'\ny: '2'\nn: '3'\n", "y: '2'\non: '4'\n"} {
		json, err := yaml.YAMLToJSON([]byte(text))
		fmt.Println(string(json), err)
	}
}
EOF
run_go "$work" sigs.k8s.io/yaml@v1.6.0 >"$work/seen"
[[ $(head -1 "$work/seen") == '{"false":"3","true":"2","x":"1"} <nil>' ]] || changed "$(head -1 "$work/seen")"
[[ $(tail -1 "$work/seen") =~ ^\{\"true\":\"[24]\"\}\ \<nil\>$ ]] || changed "$(tail -1 "$work/seen")"
printf 'ok: the keys y and n are "true" and "false", and of y and on one is lost\n'
