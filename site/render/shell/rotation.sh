# What is left to do in the cluster itself once all machines have the keys and authorities of a rotation's phase. Run on a control
# plane as often as you like: each step looks at what is so. The header sets, to `yes` where it is to be done:
# - PUBLISHED: wait until pods find the authorities
# - TOLD: what the API servers tell others is what they trust
# - RESTART: the cluster's own pods read their authorities and tokens again
# - TOKENS: tell which tokens are of the old key for as long as they are kept
# and ENCRYPTED_BY to what all secrets must be encrypted with, as etcd has it before them: `secretbox:v1:KEY`, `kms:v2:PLUGIN`, or to
# nothing. No secret is in this, and none is printed.
# shellcheck shell=bash
set -euo pipefail
export LC_ALL=C KUBECONFIG=/etc/kubernetes/admin.conf PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
export ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt
export ETCDCTL_CERT=/etc/kubernetes/pki/apiserver-etcd-client.crt ETCDCTL_KEY=/etc/kubernetes/pki/apiserver-etcd-client.key
PKI=/etc/kubernetes/pki

say() { printf '%s (%d s)\n' "$*" "$SECONDS"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

# wait_for SECONDS WHAT ADVICE COMMAND...
wait_for() {
  local limit=$1 what=$2 advice=$3 since=$SECONDS
  shift 3
  until "$@"; do
    ((SECONDS - since < limit)) || fail "$what: not after $limit seconds; $advice"
    sleep 1
  done
}

ask() { kubectl --request-timeout=20s "$@" 2>/dev/null; }

# The certificates of a bundle, one a line, in an order of their own.
certificates() { awk '/BEGIN/ { text = ""; next } /END/ { print text; next } { text = text $0 }' | sort -u; }

# Do the pods of every namespace find the authorities of this machine?
published() {
  local wanted data seen=
  wanted=$(certificates <"$PKI/ca.crt")
  while read -r data; do
    [[ $(printf '%b' "${data//\"/}" | certificates) == "$wanted" ]] || return 1
    seen=yes
  done < <(ask get configmaps --all-namespaces --field-selector=metadata.name=kube-root-ca.crt \
    -o go-template='{{range .items}}{{printf "%q" (index .data "ca.crt")}}{{"\n"}}{{end}}')
  [[ -n $seen ]]
}

# What API servers tell others of who may speak for a client. They only ever add to it.
EXTENSION=(--namespace=kube-system configmap extension-apiserver-authentication)
told() {
  [[ $(ask get "${EXTENSION[@]}" -o "go-template={{index .data \"$1\"}}" | certificates) == "$(certificates <"$2")" ]]
}
told_all() { told client-ca-file "$PKI/ca.crt" && told requestheader-client-ca-file "$PKI/front-proxy-ca.crt"; }
tell_anew() {
  told_all && return 0
  say "the API servers tell anew whom they trust"
  ask delete "${EXTENSION[@]}" >/dev/null || true
  wait_for 60 "configmap kube-system/extension-apiserver-authentication" "see the logs of the API servers" told_all
}

# What runs in kube-system and can be replaced pod by pod.
workloads() {
  ask --namespace kube-system get daemonsets,deployments -o go-template='{{range .items
    }}{{if or (eq .kind "Deployment") (eq .spec.updateStrategy.type "RollingUpdate")
    }}{{.kind}}/{{.metadata.name}}{{"\n"}}{{end}}{{end}}'
}

# Programs read their authorities, and the token of their service account, when they start.
restart() {
  local each all
  all=$(workloads)
  for each in $all; do
    say "restarting $each"
    ask --namespace kube-system rollout restart "$each" >/dev/null
  done
  for each in $all; do
    kubectl --namespace kube-system rollout status "$each" --timeout=240s >/dev/null ||
      fail "$each: its new pods are not ready after 240 seconds; see \`kubectl -n kube-system describe $each\`"
  done
}

# Pods that were there before now, and have what they read at their start.
older_pods() {
  ask get pods --all-namespaces --field-selector=status.phase=Running \
    -o go-template='{{range .items}}{{if ne .metadata.namespace "kube-system"}}{{.metadata.namespace}}{{"\n"}}{{end}}{{end}}' |
    sort | uniq -c | awk '{ printf "%s%s (%s)", sep, $2, $1; sep = ", " }'
}

case $ENCRYPTED_BY in
  kms:*) encryptor="KMS ${ENCRYPTED_BY##*:}" ;;
  *) encryptor="the key ${ENCRYPTED_BY##*:}" ;;
esac

# Secrets that etcd has encrypted with something else. Of their values only the beginning is looked at, which names it.
foreign_secrets() {
  etcdctl --command-timeout=120s get /registry/secrets/ --prefix --write-out=fields |
    awk -v mark="\"k8s:enc:$ENCRYPTED_BY:" \
      '$1 == "\"Key\"" { key = $3 } $1 == "\"Value\"" && index($3, mark) != 1 { gsub("\"|/registry/secrets/", "", key); print key }'
}

# Reading and writing a secret encrypts it anew. One that changes in between is done the next time round.
rewrite_secrets() {
  local left
  for _ in 1 2 3 4 5; do
    left=$(foreign_secrets)
    [[ -n $left ]] || { say "all secrets are encrypted with $encryptor"; return 0; }
    say "encrypting $(wc -l <<<"$left") secrets with $encryptor"
    cut -d / -f 1 <<<"$left" | sort -u | while read -r namespace; do
      kubectl --namespace "$namespace" get secrets --output=json 2>/dev/null |
        kubectl --namespace "$namespace" replace --filename=- >/dev/null 2>&1 || true
    done
  done
  left=$(foreign_secrets)
  [[ -z $left ]] ||
    fail "$(wc -l <<<"$left") secrets are still not encrypted with $encryptor, ${left%%$'\n'*} for one; see whether they can be written"
}

tokens() {
  local kept
  kept=$(ask get secrets --all-namespaces --field-selector=type=kubernetes.io/service-account-token \
    -o go-template='{{range .items}}{{.metadata.namespace}}/{{.metadata.name}} {{end}}')
  [[ -z $kept ]] || say "tokens kept in secrets are of the old key and end with it: make $kept anew before phase drop"
}

ETCDCTL_ENDPOINTS=$(awk '/--etcd-servers=/ { sub(/.*=/, ""); print; exit }' /etc/kubernetes/manifests/kube-apiserver.yaml)
export ETCDCTL_ENDPOINTS
[[ $PUBLISHED != yes ]] ||
  wait_for 120 "the config maps kube-root-ca.crt" "see the logs of the controller managers" published
[[ $TOLD != yes ]] || { sleep 2; tell_anew; }
[[ -z $ENCRYPTED_BY ]] || rewrite_secrets
if [[ $RESTART == yes ]]; then
  restart
  older=$(older_pods)
  [[ -z $older ]] ||
    say "pods of yours that use the API: restart them before the next phase, or wait an hour if they read their files again: $older"
fi
[[ $TOKENS != yes ]] || tokens
say "the cluster has taken up the phase"
