# Common to all departures. The header before this sets MACHINE, ADDRESS and IDENTITY.
# shellcheck shell=bash
set -Eeuo pipefail
shopt -s inherit_errexit
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
STARTED=$SECONDS

say() { printf '%s: %s (%d s)\n' "$MACHINE" "$*" $((SECONDS - STARTED)); }

# fail "what is wrong; what to do": the last line that the operator sees.
fail() {
  trap - ERR
  printf '%s: %s\n' "$MACHINE" "$*" >&2
  exit 1
}
trap 'fail "\`${BASH_COMMAND%%$'"'\n'"'*}\` failed with status $?, so this machine stays; mend that and run \`pulumi up\` again"' ERR

# within SECONDS COMMAND...: tries twice a second.
within() {
  local limit=$1 since=$SECONDS
  shift
  until "$@" >/dev/null 2>&1; do
    [[ $((SECONDS - since)) -lt $limit ]] || return 1
    sleep 0.5
  done
}
