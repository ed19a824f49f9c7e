#!/bin/sh
# iptables-restore as kube-router finds it first. kube-router reads the whole table of filters, works on it, and gives all of it back: what
# kube-proxy changed meanwhile would be undone, and a Service that has just got its first pod be refused on that node for up to an hour
# (https://github.com/cloudnativelabs/kube-router/issues/1248). Of what it gives back only its own chains are written, in one step.
# shellcheck shell=sh
set -u

PATH=${PATH#*:}
restore=${0##*/}
case " $* " in
*" -T filter "*) ;;
*) exec "$restore" "$@" ;;
esac

saved=$("${restore%restore}save" -t filter) || exit

{
  echo '*filter'
  chains=" "
  while IFS= read -r line; do
    case $line in
    :KUBE-ROUTER-* | :KUBE-POD-FW-* | :KUBE-NWPLCY-*)
      chain=${line#:}
      chains="$chains${chain%% *} "
      ;;
    "-"[AI]" KUBE-ROUTER-"* | "-"[AI]" KUBE-POD-FW-"* | "-"[AI]" KUBE-NWPLCY-"*) ;;
    *) continue ;;
    esac
    printf '%s\n' "$line"
  done
  # Those of pods and policies that are gone, which it gives back no more. They lead to one another: first they are emptied.
  for does in F X; do
    while IFS= read -r line; do
      case $line in
      :KUBE-POD-FW-* | :KUBE-NWPLCY-*) ;;
      *) continue ;;
      esac
      chain=${line#:}
      chain=${chain%% *}
      case $chains in
      *" $chain "*) ;;
      *) printf '%s\n' "-$does $chain" ;;
      esac
    done <<EOF
$saved
EOF
  done
  echo COMMIT
} | "$restore" --noflush "$@"
