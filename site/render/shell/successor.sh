#!/bin/bash
# Puts the machine's next certificates in force when those before them near their end: they were issued ahead by the last `up`, and lie here
# sealed. What opens them is kept by other machines, and given out when it is time. A timer starts this once an hour.
set -Eeuo pipefail
shopt -s inherit_errexit
umask 077
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
STATE=/var/lib/groundwork
FOLDER=/etc/groundwork/successors
IN_FORCE=$STATE/successor-in-force

# Those of a later `up` begin anew.
schedule=$(sha256sum <"$FOLDER/schedule" | cut -c1-64)
read -r of generation 2>/dev/null <"$IN_FORCE" || of=
[[ $of == "$schedule" ]] || generation=0

now=$(date +%s) wanted=0 next=
while read -r number due; do
  [[ $number -gt $generation ]] || continue
  if [[ $now -ge $due ]]; then wanted=$number; elif [[ -z $next ]]; then next=$due; fi
done <"$FOLDER/schedule"
if [[ $wanted -eq 0 ]]; then
  [[ -z $next ]] && echo "no successors are left: the site waits for \`pulumi up\`" || echo "successors are wanted from $(date -u -d "@$next" +%FT%TZ) on"
  exit 0
fi

work=$(mktemp -d /run/groundwork.XXXXXXXX)
trap 'rm -rf "$work"' EXIT

# The machine is known to the keepers by its SSH host keys.
identities=()
for key in /etc/ssh/ssh_host_*_key; do identities+=(-i "$key"); done
opened=
while read -r keeper; do
  if ssh -n -T "${identities[@]}" -o IdentitiesOnly=yes -o BatchMode=yes -o ConnectTimeout=10 -o StrictHostKeyChecking=yes \
    -o UserKnownHostsFile="$FOLDER/known_hosts" -o GlobalKnownHostsFile=/dev/null \
    "groundwork-keeper@$keeper" "$wanted" >"$work/key" &&
    mkdir -p "$work/files" && age --decrypt -i "$work/key" "$FOLDER/$wanted.age" | tar -xz -C "$work"; then
    opened=$keeper
    break
  fi
done <"$FOLDER/keepers"
rm -f "$work/key"
[[ -n $opened ]] || { echo "generation $wanted is due, and none of the keepers opens it; it is tried again" >&2; exit 1; }

# The rest of the machine stays as it is: the same program as `up` runs, over the files that are installed.
install -m 0700 "$STATE/apply" "$work/apply"
install -m 0600 "$STATE/identity" "$work/identity"
printf '%s\n' "$schedule" >"$work/schedule"
while read -r path; do
  [[ ! -f $path || -f $work/files$path ]] || { mkdir -p "$work/files${path%/*}" && cp "$path" "$work/files$path"; }
done <"$STATE/files"
bash "$work/apply"

# What lies in the cluster and not on a machine, in the name of who wrote it first: a later `up` finds no stranger's hand in it.
if [[ -d $work/cluster ]]; then
  as_admin() { kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=30s "$@"; }
  for object in "$work"/cluster/*.yaml; do
    name=$(basename "$object" .yaml)
    writer=$(as_admin --namespace kube-system get secret "$name" --show-managed-fields --ignore-not-found \
      --output 'jsonpath={.metadata.managedFields[?(@.operation=="Apply")].manager}')
    as_admin apply --server-side --force-conflicts --field-manager "${writer:-groundwork}" --filename "$object"
  done
fi

printf '%s %s\n' "$schedule" "$wanted" >"$IN_FORCE.new"
mv -f "$IN_FORCE.new" "$IN_FORCE"
echo "generation $wanted of this machine's certificates is in force; $opened opened it"
