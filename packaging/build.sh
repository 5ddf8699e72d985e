#!/usr/bin/env bash
# Builds the program for every supported system into the folder given (default
# dist/), without cgo. The same sources give the same bytes. TARGETS narrows it
# down, for example TARGETS="linux/amd64 linux/arm64".
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-dist}
version=${VERSION:-$(packaging/version.sh)}
limit=$((30 * 1024 * 1024))
mkdir -p "$out"

for target in ${TARGETS:-linux/amd64 linux/arm64 linux/arm windows/amd64 windows/arm64 darwin/arm64}; do
  os=${target%/*} arch=${target#*/}
  file=$out/parcelwatch-$os-$arch
  [ "$os" = windows ] && file=$file.exe
  CGO_ENABLED=0 GOOS=$os GOARCH=$arch GOARM=6 \
    go build -trimpath -ldflags "-s -w -X parcelwatch/internal/version.number=$version" -o "$file" ./cmd/daemon
  size=$(wc -c <"$file")
  printf '%-42s %6.1f MB\n' "$file" "$(awk "BEGIN{print $size/1048576}")"
  [ "$size" -le "$limit" ] || { echo "$file is larger than 30 MB"; exit 1; }
done
