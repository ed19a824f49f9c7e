# Labels and taints of a worker pool's nodes. The header sets POOL, and NODES, LABELS (key=value) and TAINTS (key=value:Effect), words
# with spaces between. What was given is noted at the node, so that what is no longer wanted can be taken away.
# shellcheck shell=bash
set -Eeuo pipefail
export LC_ALL=C KUBECONFIG=/etc/kubernetes/admin.conf PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY

fail() {
  printf 'pool %s: %s\n' "$POOL" "$*" >&2
  exit 1
}

cluster() { kubectl --request-timeout=10s "$@"; }

# noted NODE WHAT: what was given before.
noted() { cluster get node "$1" -o "jsonpath={.metadata.annotations.groundwork\.local/pool-$2}"; }

# has WORD WORDS...: whether it is one of them.
has() {
  local word=$1 other
  shift
  for other in "$@"; do [[ $other != "$word" ]] || return 0; done
  return 1
}

taints_of() { cluster get node "$1" -o 'jsonpath={range .spec.taints[*]}{.key}:{.effect} {end}'; }

# settle NODE: the words of LABELS and TAINTS are split on purpose.
# shellcheck disable=SC2086
settle() {
  local node=$1 entry wanted there words=()
  for entry in $LABELS; do wanted+=" ${entry%%=*}"; done
  for entry in $(noted "$node" labels); do has "$entry" ${wanted:-} || words+=("$entry-"); done
  for entry in $LABELS; do words+=("$entry"); done
  [[ ${#words[@]} -eq 0 ]] || cluster label node "$node" --overwrite "${words[@]}" >/dev/null

  local kept=() given=()
  for entry in $TAINTS; do
    kept+=("${entry%%=*}:${entry##*:}")
    given+=("$entry")
  done
  there=$(taints_of "$node")
  for entry in $(noted "$node" taints); do
    if ! has "$entry" "${kept[@]+"${kept[@]}"}" && has "$entry" $there; then given+=("$entry-"); fi
  done
  [[ ${#given[@]} -eq 0 ]] || cluster taint node "$node" --overwrite "${given[@]}" >/dev/null
  cluster annotate node "$node" --overwrite "groundwork.local/pool-labels=${wanted:-}" \
    "groundwork.local/pool-taints=${kept[*]-}" >/dev/null
  printf '%s: labels%s; taints %s\n' "$node" "${wanted:- none}" "${kept[*]-none}"
}

if [[ ${1:-} == remove ]]; then LABELS='' TAINTS=''; fi
for node in $NODES; do
  found=$(cluster get node "$node" --ignore-not-found -o name) ||
    fail "the API server does not answer; mend the control plane and run \`pulumi up\` again"
  [[ -n $found ]] || continue
  settle "$node" || fail "$node did not take its labels and taints; see \`kubectl describe node $node\`, then run \`pulumi up\` again"
done
