#!/usr/bin/env bash
# Software:  yaml 2.9.1 (npm) writes, PyYAML 6.0.2 (PyPI) reads; PyYAML is what cloud-init and Ansible read with
# Guess:     a YAML library quotes every string that another one might take for something else
# Behaviour: yaml 2 writes for readers of YAML 1.2 and leaves these strings bare; PyYAML reads YAML 1.1 and makes a truth value, a
#            number of base 60, a number or a date of them. A MAC address of digits below 60 becomes a number. {version: "1.1"} in
#            stringify quotes them
# Output:    on -> bool True, 12:30 -> int 750, 1_000 -> int 1000, 52:54:00:12:34:56 -> int 41135085296, 2026-11-27 -> date
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }
cd "$work"

npm install --silent --no-audit --no-fund yaml@2.9.1
/usr/bin/env python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyyaml==6.0.2
cat >write.cjs <<'EOF'
const { stringify } = require("yaml");
const text = { word: "on", time: "12:30", number: "1_000", mac: "52:54:00:12:34:56", day: "2026-11-27" };
const version = process.argv[2];
process.stdout.write(stringify(text, version ? { version } : {}));
EOF
cat >read.py <<'EOF'
import sys, yaml
print(*(f"{key}={type(value).__name__}:{value}" for key, value in yaml.safe_load(sys.stdin).items()))
EOF
seen=$(node write.cjs | venv/bin/python read.py)
[[ $seen == "word=bool:True time=int:750 number=int:1000 mac=int:41135085296 day=date:2026-11-27" ]] || changed "$seen"
quoted=$(node write.cjs 1.1 | venv/bin/python read.py)
[[ $quoted == "word=str:on time=str:12:30 number=str:1_000 mac=str:52:54:00:12:34:56 day=str:2026-11-27" ]] || changed "$quoted"
printf 'ok: what yaml writes as strings PyYAML reads as %s\n' "$seen"
