# Debian packages of exact versions, unpacked into a folder without being installed.
# shellcheck shell=bash

# unpack_debian FOLDER NAME=VERSION|NAME...: programs are then below FOLDER/usr. A package without a version is a library that
# one with a version needs.
unpack_debian() {
  local folder=$1 package
  shift
  mkdir -p "$folder/packages"
  (cd "$folder/packages" && apt-get -qq -o APT::Sandbox::User=root download "$@" >&2) || {
    printf 'not run: Debian does not serve %s; run apt-get update, or see which version it has now\n' "$*" >&2
    exit 2
  }
  for package in "$folder"/packages/*.deb; do dpkg -x "$package" "$folder"; done
  # shellcheck disable=SC2034 # for who sources this
  libraries=$folder/usr/lib/x86_64-linux-gnu:$folder/lib/x86_64-linux-gnu
}

# needs_debian NAME VERSION: a package that the system has, in exactly this version.
needs_debian() {
  local have
  have=$(dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true)
  [[ $have == "$2" ]] && return
  printf 'not run: this is about %s %s of Debian 12, and here is %s\n' "$1" "$2" "${have:-none}" >&2
  exit 2
}
