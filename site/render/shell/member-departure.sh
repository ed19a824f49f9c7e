# Takes the member out of its store, while the others have a quorum without it. The header sets OTHERS too, one `name address` a line.
# shellcheck shell=bash

PKI=/etc/etcd/pki
# What runs under the lock has the endpoints from who holds it, and etcdctl refuses them beside its own flags.
unset ETCDCTL_ENDPOINTS
export ETCDCTL_CACERT=$PKI/ca.crt ETCDCTL_CERT=$PKI/healthcheck-client.crt ETCDCTL_KEY=$PKI/healthcheck-client.key
ENDPOINTS=$(awk '{ printf "%shttps://%s:2379", sep, $2; sep = "," }' <<<"$OTHERS")

of_others() { etcdctl --endpoints="$ENDPOINTS" --command-timeout=10s "$@"; }

healthy() { etcdctl --endpoints="https://$1:2379" --command-timeout=3s endpoint health; }

# `ID STATUS LEARNER` of the member, as hexadecimal digits and words; nothing if it is none.
membership() {
  of_others member list | awk -F ', ' -v url="https://$ADDRESS:2380" '$4 == url { print $1, $2, $NF }'
}

voters() { of_others member list | awk -F ', ' '$2 == "started" && $NF == "false"' | wc -l; }

hand_over() {
  local id=$1 to
  [[ $(etcdctl --endpoints="https://$ADDRESS:2379" --command-timeout=3s endpoint status -w fields 2>/dev/null |
    awk -F ' : ' '$1 ~ /"(MemberID|Leader)"/ { print $2 }' | sort -u | wc -l) == 1 ]] || return 0
  to=$(of_others member list | awk -F ', ' -v own="$id" '$1 != own && $2 == "started" && $NF == "false" { print $1; exit }')
  [[ -n $to ]] || return 0
  say "handing the lead over"
  etcdctl --endpoints="https://$ADDRESS:2379" --command-timeout=5s move-leader "$to" >/dev/null 2>&1 || true
}

# Run under the members' lock.
leave() {
  local id status learner name address
  # Of those that are members now: others may have left since this was planned.
  while read -r name address; do
    within 60 healthy "$address" || fail "member $name is not healthy, so this one stays; mend that one first and run \`pulumi up\` again"
  done < <(of_others member list | awk -F ', ' -v url="https://$ADDRESS:2380" \
    '$4 != url { sub("https://", "", $4); sub(":2380.*", "", $4); print ($3 == "" ? "-" : $3), $4 }')
  read -r id status learner <<<"$(membership)" || true
  [[ -n $id ]] || { say "is no member any more"; return 0; }
  if [[ $learner == false && $status == started && $(voters) -le 1 ]]; then
    fail "it is the only member that counts, so it stays; restore the store from a snapshot if you want another machine for it"
  fi
  [[ $learner == true ]] || hand_over "$id"
  within 60 of_others member remove "$id" || fail "the store does not let it go; see \`etcdctl member list\` and \`etcdctl endpoint health\`"
  say "has left the store"
}

if [[ ${1:-} == leave ]]; then
  leave
  exit 0
fi
within 60 of_others get groundwork/none || fail "the other members have no quorum, so this one stays; start them and run \`pulumi up\` again"
known=$(of_others get --print-value-only "groundwork/identity/$MACHINE")
if [[ -n $known && $known != "$IDENTITY" ]]; then
  say "was made anew already"
  exit 0
fi
# etcdctl has a last word of its own; the reason comes after it.
ETCDCTL_ENDPOINTS=$ENDPOINTS etcdctl lock groundwork/etcd-restart --ttl=60 -- bash "$0" leave 2>"$0.reason" ||
  { trap - ERR; grep -v '^Error: ' "$0.reason" >&2; exit 1; }
