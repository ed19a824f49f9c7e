# Saves a snapshot of etcd and checks it. The header sets ENDPOINTS, with spaces between, and KEPT, how many stay; the argument is the folder.
# shellcheck shell=bash
set -euo pipefail
umask 077
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
folder=$1

fail() {
  printf 'snapshot: %s; nothing has been changed\n' "$*" >&2
  exit 1
}

export ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt
export ETCDCTL_CERT=/etc/kubernetes/pki/apiserver-etcd-client.crt ETCDCTL_KEY=/etc/kubernetes/pki/apiserver-etcd-client.key

command -v etcdctl etcdutl >/dev/null || fail "etcdctl and etcdutl are not both installed; use a machine image that has them"
mkdir -p "$folder"
rm -f "$folder"/*.partly*
# One that failed half-way leaves nothing: it may have filled the disk.
trap 'rm -f "$folder"/*.partly*' EXIT
new=$folder/etcd-$(date -u +%Y%m%dT%H%M%SZ).db
saved=
for endpoint in $ENDPOINTS; do
  etcdctl --endpoints="$endpoint" --command-timeout=5s endpoint health >/dev/null 2>&1 || continue
  output=$(etcdctl --endpoints="$endpoint" --command-timeout=600s snapshot save "$new.partly" 2>&1) ||
    fail "etcdctl could not save one from $endpoint: ${output##*$'\n'}"
  saved=$endpoint
  break
done
[[ $saved ]] || fail "no member of etcd is healthy; mend them first"
status=$(etcdutl snapshot status "$new.partly" --write-out json 2>/dev/null) ||
  fail "what $saved gave does not pass etcdutl's check; see \`etcdutl snapshot status\`"
[[ $status =~ \"revision\":([0-9]+).*\"totalKey\":([1-9][0-9]*) ]] ||
  fail "the snapshot from $saved is empty; see \`etcdctl endpoint status\`"
mv "$new.partly" "$new"
find "$folder" -name 'etcd-*.db' | sort | head -n "-$KEPT" | xargs --no-run-if-empty rm -f
echo "$new: revision ${BASH_REMATCH[1]}, ${BASH_REMATCH[2]} keys, from $saved, checked"
