#!/bin/bash
# Keeps logs small that whoever writes them only makes longer, each a line `BYTES PATH` of /etc/groundwork/logs: one that is larger begins
# anew, and its end lies beside it as PATH.1. A timer starts this once an hour.
set -euo pipefail
umask 077
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LOGS=/etc/groundwork/logs

# keep_end BYTES PATH: in place of an earlier one, readable for whom the log is.
keep_end() {
  tail -c "$1" "$2" >"$2.1.new" &&
    chown --reference="$2" "$2.1.new" && chmod --reference="$2" "$2.1.new" && mv -f "$2.1.new" "$2.1"
}

while read -r most path; do
  size=$(stat -c %s "$path" 2>/dev/null) || continue
  ((size > most)) || continue
  # On a full disk there is no room for an end, and the log still becomes small.
  keep_end "$most" "$path" || rm -rf "$path.1.new"
  # The same file: whoever has it open goes on in it.
  truncate -s 0 "$path"
done <"$LOGS"
