#!/usr/bin/env bash
# Builds the program for every supported system into the folder given (default
# dist/), without cgo. The same sources give the same bytes. TARGETS narrows it
# down, for example TARGETS="linux/amd64 linux/arm64".
# It is made smaller than go build makes it by what packaging/goflags says, by
# packed files and by functions that begin at 16 bytes instead of 32:
# docs/performance.md, "Memory and size".
set -euo pipefail
umask 022
cd "$(dirname "$0")/.."
out=${1:-dist}
version=${VERSION:-$(packaging/version.sh)}
mkdir -p "$out"
mapfile -t flags <packaging/goflags
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go run ./packaging/embedded "$work"

for target in ${TARGETS:-linux/amd64 linux/arm64 linux/arm windows/amd64 windows/arm64 darwin/arm64}; do
  os=${target%/*} arch=${target#*/}
  file=$out/parcelwatch-$os-$arch
  [ "$os" = windows ] && file=$file.exe
  align= limit=32
  [ "$arch" = amd64 ] && align="-funcalign=16"
  [ "$target" = linux/amd64 ] && limit=30
  CGO_ENABLED=0 GOOS=$os GOARCH=$arch GOARM=6 \
    go build -trimpath "${flags[@]}" -overlay "$work/overlay.json" \
    -ldflags "-s -w $align -X parcelwatch/internal/version.number=$version" -o "$file" ./cmd/daemon
  size=$(wc -c <"$file")
  printf '%-42s %6.1f MB\n' "$file" "$(awk "BEGIN{print $size/1048576}")"
  [ "$size" -le $((limit << 20)) ] || { echo "$file is larger than $limit MB"; exit 1; }
done
