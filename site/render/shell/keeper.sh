#!/bin/bash
# Gives a machine what opens its successors, when it is time and no earlier. sshd runs this, and nothing else, for the user
# groundwork-keeper: the machine's name comes from its key, the generation from what it asks for.
set -euo pipefail
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
machine=$1 generation=${SSH_ORIGINAL_COMMAND:-}
[[ $generation =~ ^[0-9]{1,2}$ ]] || { echo "ask for a generation, by its number" >&2; exit 2; }
kept=/var/lib/groundwork-keeper/kept/$machine-$generation
[[ -r $kept ]] || { echo "generation $generation of $machine is not kept here" >&2; exit 2; }
read -r due key <"$kept"
[[ $(date +%s) -ge $due ]] || { echo "generation $generation of $machine is given out from $(date -u -d "@$due" +%FT%TZ) on" >&2; exit 3; }
printf '%s\n' "$key"
