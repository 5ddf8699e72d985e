#!/usr/bin/env bash
# tool.sh NAME MODULE VERSION: installs a Go program once and prints its path.
set -euo pipefail
tools=${XDG_CACHE_HOME:-$HOME/.cache}/parcelwatch-ci
path=$tools/$1-$3
if [ ! -x "$path" ]; then
  # A registry may fail for a moment.
  GOBIN=$tools go install "$2@$3" >&2 || { sleep 10 && GOBIN=$tools go install "$2@$3" >&2; }
  mv "$tools/$1" "$path"
fi
printf '%s\n' "$path"
