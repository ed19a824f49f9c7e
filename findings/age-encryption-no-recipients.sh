#!/usr/bin/env bash
# Software:  age-encryption 0.3.1 (npm)
# Guess:     to encrypt without a recipient is an error, as it is for the age command ("missing recipients")
# Behaviour: an Encrypter that was given none makes a well-formed file with no stanza in its header, which nobody can ever decrypt. A
#            list of recipients that a filter left empty becomes a backup that is lost as it is made
# Output:    first line age-encryption.org/v1, second line the header's MAC (---)
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }
cd "$work"

npm install --silent --no-audit --no-fund age-encryption@0.3.1
cat >encrypt.mjs <<'EOF'
import { Encrypter } from "age-encryption";
const file = await new Encrypter().encrypt("backup");
console.log(Buffer.from(file).toString("latin1").split("\n", 2).map((line) => line.slice(0, 21)).join(" "));
EOF
seen=$(node encrypt.mjs 2>error) || changed "it fails: $(grep -m 1 Error error)"
[[ $seen == "age-encryption.org/v1 --- "* ]] || changed "$seen"
printf 'ok: a file for nobody is made without an error\n'
