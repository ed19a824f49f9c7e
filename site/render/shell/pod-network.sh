#!/bin/bash
# Routes to the pods of other nodes, and one masquerade rule for what leaves the cluster. Runs again without harm: routes carry
# a protocol number of their own (200), so that those to a node that is gone are found.
# usage: groundwork-pod-network POD_RANGE filtered|open
set -euo pipefail

range_of_all_pods=$1
declare -A wanted=()

while read -r range address; do
  [[ $range != "#" ]] || continue
  wanted[$range]=$address
  ip route replace "$range" via "$address" proto 200
done </etc/groundwork/pod-routes

while read -r range _; do
  [[ -n ${wanted[$range]:-} ]] || ip route del "$range" proto 200
done < <(ip -4 route show proto 200)

iptables-restore --wait 10 --noflush <<RULES
*nat
:GROUNDWORK-POSTROUTING - [0:0]
-F GROUNDWORK-POSTROUTING
-A GROUNDWORK-POSTROUTING -s $range_of_all_pods ! -d $range_of_all_pods -j MASQUERADE
COMMIT
*filter
:GROUNDWORK-FORWARD - [0:0]
-F GROUNDWORK-FORWARD
-A GROUNDWORK-FORWARD -s $range_of_all_pods -j ACCEPT
-A GROUNDWORK-FORWARD -d $range_of_all_pods -j ACCEPT
COMMIT
RULES
iptables --wait 10 -t nat -C POSTROUTING -j GROUNDWORK-POSTROUTING 2>/dev/null ||
  iptables --wait 10 -t nat -A POSTROUTING -j GROUNDWORK-POSTROUTING
iptables --wait 10 -C FORWARD -j GROUNDWORK-FORWARD 2>/dev/null ||
  iptables --wait 10 -A FORWARD -j GROUNDWORK-FORWARD

# What kube-router enforced is no more where nobody keeps it up to date: pods get addresses that others had.
if [[ $2 == open ]] && iptables --wait 10 -n -L KUBE-ROUTER-FORWARD >/dev/null 2>&1; then
  iptables-restore --wait 10 --noflush <<RULES
*filter
:KUBE-ROUTER-INPUT - [0:0]
:KUBE-ROUTER-FORWARD - [0:0]
:KUBE-ROUTER-OUTPUT - [0:0]
COMMIT
RULES
fi
