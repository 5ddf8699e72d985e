#!/usr/bin/env bash
# tool.sh NAME MODULE VERSION: installs a Go program once and prints its path.
set -euo pipefail
tools=${XDG_CACHE_HOME:-$HOME/.cache}/parcelwatch-ci
path=$tools/$1-$3
if [ ! -x "$path" ]; then
  for pause in 10 20 40 ''; do
    if GOBIN=$tools go install "$2@$3" >&2; then break; fi
    [ -n "$pause" ] || exit 1
    sleep "$pause" # a registry may fail for a while
  done
  mv "$tools/$1" "$path"
fi
printf '%s\n' "$path"
