# Drains the node and takes it out of the cluster. The header sets DRAIN_SECONDS, OTHER_NODES and HOLDS_VOLUMES too.
# shellcheck shell=bash

export KUBECONFIG=/etc/kubernetes/admin.conf

cluster() { kubectl --request-timeout=10s "$@"; }

ready() { kubectl --request-timeout=5s --server="https://$1:6443" get --raw=/readyz; }

# Why pods stay: the budgets that would be violated, and pods that nothing would make again.
reasons() {
  grep -oE "pods? \"[^\"]+\"[^:]*: .*|evicting pod [^ ]+|cannot delete .*" "$1" | grep -vE '^evicting' | sort -u | head -n 5 | tr '\n' ';' || true
  cluster get poddisruptionbudgets --all-namespaces --no-headers \
    -o 'custom-columns=A:.metadata.namespace,B:.metadata.name,C:.status.disruptionsAllowed' 2>/dev/null |
    awk '$3 == 0 { printf " PodDisruptionBudget %s/%s allows no disruption;", $1, $2 }' || true
}

within 60 cluster get --raw=/readyz || fail "no API server answers, so this machine stays; mend the control plane and run \`pulumi up\` again"
# Words with spaces are one field only between lines.
found=$(cluster get node "$MACHINE" --ignore-not-found -o 'jsonpath={.metadata.name}{"\n"}{.metadata.annotations.groundwork\.local/identity}')
{ read -r name && read -r known; } <<<"$found" || true
[[ -n $name ]] || { say "is no node any more"; exit 0; }
if [[ -n $known && $known != "$IDENTITY" ]]; then
  say "was made anew already"
  exit 0
fi
# Of those that are control planes now: others may have left since this was planned.
while read -r name address; do
  within 60 ready "$address" ||
    fail "control plane $name does not answer, so this machine stays; mend that one first and run \`pulumi up\` again"
done < <(cluster get nodes --selector node-role.kubernetes.io/control-plane --no-headers \
  -o 'custom-columns=A:.metadata.name,B:.status.addresses[?(@.type=="InternalIP")].address' | awk -v own="$MACHINE" '$1 != own')
if [[ $HOLDS_VOLUMES == yes ]]; then
  volumes_let_go
fi
if [[ $OTHER_NODES -gt 0 ]]; then
  say "draining the node"
  # Pods of a node that is lost cannot end: they are not waited for.
  if ! timeout $((DRAIN_SECONDS + 30)) kubectl drain "$MACHINE" --ignore-daemonsets --delete-emptydir-data \
    --timeout="${DRAIN_SECONDS}s" --skip-wait-for-delete-timeout=20 >"$0.drain" 2>&1; then
    cluster uncordon "$MACHINE" >/dev/null || true
    fail "not drained within $DRAIN_SECONDS s, so it stays in service:$(reasons "$0.drain") give these pods room elsewhere or change their budget, then run \`pulumi up\` again"
  fi
fi
within 30 cluster delete node "$MACHINE" --ignore-not-found --wait=false || fail "the node cannot be deleted; see \`kubectl get node $MACHINE\`"
say "has left the cluster"
