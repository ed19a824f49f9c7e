#!/usr/bin/env bash
# Software:  @pulumi/policy 1.21.0, @pulumi/pulumi 3.248.0 and typescript 5.9.3 (npm)
# Guess:     what starts a policy pack loads the TypeScript compiler for packs in TypeScript alone, as it does with a program whose
#            `runtime.options.typescript` is false
# Behaviour: a pack in plain JavaScript that switches it off in PulumiPolicy.yaml gets the compiler all the same, before its first line runs: the
#            installed one, or the vendored 3.8.3 where none is
# Output:    compilers: typescript/lib/typescript.js; without one installed: vendor/typescript@3.8.3/typescript.js
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
changed() { printf 'changed: %s\n' "$*" >&2 && exit 1; }

mkdir "$work/pack"
printf '{"private": true}\n' >"$work/package.json"
cat >"$work/pack/PulumiPolicy.yaml" <<'EOF'
runtime: {name: nodejs, options: {typescript: false}}
main: index.js
EOF
cat >"$work/pack/index.js" <<'EOF'
const compilers = Object.keys(require.cache).filter((file) => file.endsWith("/typescript.js"));
console.log(`compilers: ${compilers.map((file) => file.replace(/.*(node_modules|pulumi\/pulumi)\//, "")).join(" ")}`);
process.exit(0);
EOF
compilers() (cd "$work/pack" && node "$work/node_modules/@pulumi/pulumi/cmd/run-policy-pack" 127.0.0.1:1 "$work/pack")

npm install --prefix "$work" --no-audit --no-fund --silent @pulumi/policy@1.21.0 @pulumi/pulumi@3.248.0 typescript@5.9.3 >&2
seen=$(compilers) || changed 'the pack does not start'
[[ $seen == "compilers: typescript/lib/typescript.js" ]] || changed "$seen"
npm uninstall --prefix "$work" --no-audit --no-fund --silent typescript >&2
rm -rf "$work/node_modules/typescript" # a peer dependency of the SDK's own, which npm may have kept
seen=$(compilers) || changed 'the pack does not start without a compiler'
[[ $seen == "compilers: vendor/typescript@3.8.3/typescript.js" ]] || changed "$seen"
printf 'ok: a pack in plain JavaScript is started with a TypeScript compiler\n'
