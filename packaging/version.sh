#!/usr/bin/env bash
# Prints the version of this checkout: the number of the tag v1.2.3 that it
# stands on, or a preview of the next one that sorts before it.
set -euo pipefail
cd "$(dirname "$0")/.."
if tag=$(git describe --tags --exact-match --match 'v[0-9]*' 2>/dev/null); then
  echo "${tag#v}"
  exit
fi
last=$(git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null || echo v0.0.0)
IFS=. read -r major minor patch <<<"${last#v}"
echo "$major.$minor.$((${patch%%-*} + 1))-dev.$(git rev-list --count HEAD 2>/dev/null || echo 0)"
