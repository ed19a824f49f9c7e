#!/usr/bin/env bash
# Software:  ip-address 10.7.6 (npm)
# Guess:     startAddressExclusive() and endAddressExclusive() are the first and last address that a host may have, also in a /31,
#            which has two hosts (RFC 3021), and a /32, which has one
# Behaviour: they are network plus one and broadcast minus one, always: in a /31 the first is after the last, in a /32 the last is an
#            address outside of the network
# Output:    /30 10.0.0.1 10.0.0.2, /31 10.0.0.1 10.0.0.0, /32 10.0.0.1 9.255.255.255
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }
cd "$work"

npm install --silent --no-audit --no-fund ip-address@10.7.6
cat >hosts.cjs <<'EOF'
const { Address4 } = require("ip-address");
const hosts = (bits) => {
  const network = new Address4(`10.0.0.0/${bits}`);
  return `/${bits} ${network.startAddressExclusive().address} ${network.endAddressExclusive().address}`;
};
console.log([30, 31, 32].map(hosts).join(", "));
EOF
seen=$(node hosts.cjs)
[[ $seen == "/30 10.0.0.1 10.0.0.2, /31 10.0.0.1 10.0.0.0, /32 10.0.0.1 9.255.255.255" ]] || changed "$seen"
printf 'ok: %s\n' "$seen"
