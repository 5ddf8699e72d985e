#!/usr/bin/env bash
# unpack.sh DIR PACKAGE...: Debian packages that cannot be installed beside dovecot-imapd, unpacked under DIR, or only
# fetched if DIR is "-". They are fetched once into the user's cache. Says why that is impossible here and ends with 77.
set -euo pipefail
dir=${1:?usage: unpack.sh DIR PACKAGE...}
shift
cache=${XDG_CACHE_HOME:-$HOME/.cache}/parcelwatch-ci/debs
mkdir -p "$cache"
for package in "$@"; do
  deb=$(compgen -G "$cache/${package}_*.deb" | tail -n 1) || deb=
  if [ -z "$deb" ]; then
    fresh=$(mktemp -d "$cache/fresh.XXXXXX")
    (cd "$fresh" && apt-get download -q "$package" >log 2>&1 && mv ./*.deb "$cache/") ||
      { echo "the package $package cannot be fetched: $(tail -n 1 "$fresh/log")"; rm -rf "$fresh"; exit 77; }
    rm -rf "$fresh"
    deb=$(compgen -G "$cache/${package}_*.deb" | tail -n 1)
  fi
  [ "$dir" = - ] || dpkg -x "$deb" "$dir"
done
