#!/usr/bin/env bash
# Software:  yaml 2.9.1 (npm) and PyYAML 6.0.2 (PyPI)
# Guess:     <<: *anchor takes the fields of the anchor over, in every YAML library
# Behaviour: the merge key is not in YAML 1.2. yaml 2 reads a field with the name "<<" and leaves the rest out, without a warning;
#            {merge: true} brings it back. PyYAML merges
# Output:    {"<<":{"zone":"a"},"name":"n1"} against {'zone': 'a', 'name': 'n1'}
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }
cd "$work"

npm install --silent --no-audit --no-fund yaml@2.9.1
/usr/bin/env python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyyaml==6.0.2
printf 'defaults: &d\n  zone: a\nnode:\n  <<: *d\n  name: n1\n' >nodes.yaml
cat >read.cjs <<'EOF'
const { parse } = require("yaml");
const text = require("node:fs").readFileSync("nodes.yaml", "utf8");
console.log(JSON.stringify(parse(text).node), JSON.stringify(parse(text, { merge: true }).node));
EOF
seen=$(node read.cjs)
[[ $seen == '{"<<":{"zone":"a"},"name":"n1"} {"zone":"a","name":"n1"}' ]] || changed "yaml reads $seen"
python=$(venv/bin/python -c 'import yaml; print(yaml.safe_load(open("nodes.yaml"))["node"])')
[[ $python == "{'zone': 'a', 'name': 'n1'}" ]] || changed "PyYAML reads $python"
printf 'ok: yaml keeps << as a field of that name, PyYAML merges\n'
