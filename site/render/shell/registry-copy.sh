#!/bin/bash
# Copies what the other copy of the site's registry has under a tag and this one has not; what both have stays as it is. Then writes are
# closed where the registry is as large as it may be. A timer starts this every five minutes, and `up` while this copy is new: with the word
# `now` it fails where the other one answers and cannot be copied.
set -Eeuo pipefail
shopt -s inherit_errexit
umask 077
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# shellcheck source=/dev/null
. /etc/groundwork/registry/copy.conf

find /var/lib/groundwork -maxdepth 1 -name 'registry-copy.????????' -mmin +150 -exec rm -rf {} +
work=$(mktemp -d /var/lib/groundwork/registry-copy.XXXXXXXX)
trap 'rm -rf "$work"' EXIT

other() {
  curl --silent --show-error --fail --noproxy '*' --connect-timeout 5 --cacert "$CLIENT/ca.crt" \
    --cert "$CLIENT/client.crt" --key "$CLIENT/client.key" "${@:2}" "$OTHER$1"
}
own() { curl --silent --show-error --fail --unix-socket "$SOCKET" "${@:2}" "http://registry$1"; }

TYPES=(
  application/vnd.oci.image.index.v1+json
  application/vnd.oci.image.manifest.v1+json
  application/vnd.docker.distribution.manifest.list.v2+json
  application/vnd.docker.distribution.manifest.v2+json
)
ACCEPT=()
for type in "${TYPES[@]}"; do ACCEPT+=(-H "Accept: $type"); done

# header NAME FILE: of an answer's, the value.
header() { tr -d '\r' <"$2" | awk -v name="$1:" 'tolower($1) == name { print $2; exit }'; }

# names PATH: all that a list of the other copy names, page by page. Neither a repository's name nor a tag can hold a quote or a comma.
names() {
  local last="" page
  while :; do
    page=$(other "$1?n=500${last:+&last=$last}" -D "$work/headers")
    page=$(sed -nE 's/^[^[]*\[(.*)\].*$/\1/p' <<<"$page" | tr ',' '\n' | tr -d '" ')
    [[ -n $page ]] || return 0
    printf '%s\n' "$page"
    [[ -n $(header link "$work/headers") ]] || return 0
    last=$(tail -n 1 <<<"$page")
  done
}

# blob NAME DIGEST: one that is no blob of that repository is passed by: whether anything is missing is judged when the manifest comes.
blob() {
  local location
  ! own "/v2/$1/blobs/$2" --head >/dev/null 2>&1 || return 0
  other "/v2/$1/blobs/$2" --output "$work/blob" 2>"$work/problem" || {
    grep -q ' 404' "$work/problem" && return 0
    cat "$work/problem" >&2
    return 1
  }
  own "/v2/$1/blobs/uploads/" --request POST --dump-header "$work/headers" --output /dev/null --data ''
  location=$(header location "$work/headers")
  location=/v2/${location#*/v2/}
  own "$location$([[ $location == *\?* ]] && echo '&' || echo '?')digest=$2" --upload-file "$work/blob" \
    -H 'Content-Type: application/octet-stream' --output /dev/null
  rm -f "$work/blob"
}

# manifest NAME REFERENCE: with all that it refers to, before itself.
manifest() {
  local file type digest
  ! own "/v2/$1/manifests/$2" --head "${ACCEPT[@]}" >/dev/null 2>&1 || return 0
  file=$(mktemp "$work/manifest.XXXXXXXX")
  other "/v2/$1/manifests/$2" "${ACCEPT[@]}" --dump-header "$work/headers" --output "$file"
  type=$(header content-type "$work/headers")
  for digest in $(grep -oE '"digest" *: *"sha256:[0-9a-f]{64}"' "$file" | grep -oE 'sha256:[0-9a-f]{64}' | sort -u); do
    case $type in
      *index* | *manifest.list*) manifest "$1" "$digest" ;;
      *) blob "$1" "$digest" ;;
    esac
  done
  own "/v2/$1/manifests/$2" --request PUT -H "Content-Type: $type" --data-binary "@$file" --output /dev/null
  rm -f "$file"
}

copy() {
  local name tag repositories tags copied=0
  repositories=$(names /v2/_catalog)
  for name in $repositories; do
    tags=$(names "/v2/$name/tags/list")
    for tag in $tags; do
      ! own "/v2/$name/manifests/$tag" --head "${ACCEPT[@]}" >/dev/null 2>&1 || continue
      manifest "$name" "$tag"
      copied=$((copied + 1))
    done
  done
  [[ $copied -eq 0 ]] || echo "$copied images came from the other copy"
}

if [[ -n $OTHER ]]; then
  if other /healthz --output /dev/null 2>"$work/problem"; then
    copy
  elif [[ ${1:-} == now ]]; then
    echo "the other copy does not answer: what only it has comes when it does"
  fi
fi

used=$(du --summarize --block-size=1M "$(readlink -f "$FOLDER")" | cut -f1)
state=ready
[[ $used -lt $SIZE_MIB ]] || state=maint
echo "set server writes/registry state $state" | socat - "UNIX-CONNECT:$ADMIN_SOCKET" >/dev/null
[[ $state == ready ]] || echo "<4>the registry takes $used MiB and may take $SIZE_MIB: nothing more is written; see registry.sizeGiB" >&2
