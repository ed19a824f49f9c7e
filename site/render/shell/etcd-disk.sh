# How long a write takes to reach the disk of an etcd member (O6): measured once, on the disk itself, before etcd first starts on it.
# shellcheck shell=bash

QUALIFIED=$STATE/disk.json
FSYNC_METRIC=/var/lib/prometheus/node-exporter/groundwork_disk.prom

# measure_writes FILE WRITES SECONDS: writes records as etcd's log has them (2,300 bytes, each on the disk before the next), for so long or
# so many, and takes the file away. Says `took P99 WRITES`, P99 in milliseconds, or `failed ERRNO REASON`.
measure_writes() {
  timeout --kill-after=5 60 python3 - "$@" <<'PYTHON'
import errno, math, os, sys, time

path, most, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
record, took = os.urandom(2300), []
end = time.monotonic() + seconds
try:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        # As etcd does with a file of its log: no write has to make it longer.
        os.posix_fallocate(file, 0, most * len(record))
        os.fsync(file)
        while len(took) < most and (not took or time.monotonic() < end):
            os.write(file, record)
            began = time.perf_counter()
            os.fdatasync(file)
            took.append(time.perf_counter() - began)
    finally:
        os.close(file)
        os.unlink(path)
except OSError as error:
    print("failed", errno.errorcode.get(error.errno, error.errno), error.strerror)
    sys.exit()
took.sort()
print("took %.2f %d" % (took[math.ceil(0.99 * len(took)) - 1] * 1000, len(took)))
PYTHON
}

# Measures the disk of a member that has no data yet; what was measured of one that has stays. Others may be at work on it, as they are when machines come up together: what it took
# then is kept, and judged by who has the site's limit. A disk that cannot be written at all is told here.
qualify_disk() {
  local file=$DATA/groundwork-fsync said='' status=0 word value rest
  ! has_data || return 0
  rm -f "$QUALIFIED" "$FSYNC_METRIC"
  if ! command -v python3 >/dev/null; then
    say "its disk is not measured: python3 is not installed"
    return 0
  fi
  said=$(measure_writes "$file" 1000 3 2>>"$LOG") || status=$?
  read -r word value rest <<<"$said" || true
  [[ $status -ne 124 && $status -ne 137 ]] ||
    fail "the disk under $DATA has not taken a write within a minute; replace the device"
  case $status-$word in
    0-took) ;;
    0-failed)
      case $value in
        ENOSPC | EDQUOT) fail "$DATA has no room for 3 MB ($rest); free some space there or give the machine a larger disk" ;;
        EROFS | EACCES | EPERM) fail "$DATA cannot be written ($rest); see the disk, and how $DATA is mounted" ;;
        *) fail "the disk under $DATA gives errors ($rest); replace the device" ;;
      esac
      ;;
    *)
      say "its disk is not measured: python3 fails; see $LOG"
      return 0
      ;;
  esac
  printf '{"p99Ms":%s,"writes":%s,"time":"%s"}\n' "$value" "$rest" "$(date -u +%FT%TZ)" >"$QUALIFIED.new"
  chmod 0644 "$QUALIFIED.new"
  mv -f "$QUALIFIED.new" "$QUALIFIED"
  (umask 022 && mkdir -p "${FSYNC_METRIC%/*}")
  {
    echo "# HELP groundwork_disk_qualified_fsync_seconds What 99 of 100 writes to the disk of etcd took at most, before etcd first started on it."
    echo "# TYPE groundwork_disk_qualified_fsync_seconds gauge"
    echo "groundwork_disk_qualified_fsync_seconds $(awk -v ms="$value" 'BEGIN { printf "%.5f", ms / 1000 }')"
  } >"$FSYNC_METRIC.new"
  chmod 0644 "$FSYNC_METRIC.new"
  mv -f "$FSYNC_METRIC.new" "$FSYNC_METRIC"
}

# Tells what was measured, at every run: the site's outputs have it from here.
tell_disk() {
  local form='^\{"p99Ms":([0-9.]+),"writes":([0-9]+),"time":"([^"]+)"\}$'
  [[ -f $QUALIFIED && $(cat "$QUALIFIED") =~ $form ]] || return 0
  say "a write to its disk took ${BASH_REMATCH[1]} ms (p99 of fsync, ${BASH_REMATCH[2]} writes, ${BASH_REMATCH[3]})"
}
