#!/usr/bin/env bash
# Builds every package into the folder given (default dist/): tar.gz, zip, .deb,
# .rpm, .msi, container image, SBOM and checksums, signed where there are keys.
# The same commit gives the same bytes. What a missing tool or key prevents is said and left out.
#   VERSION  1.2.3; default: packaging/version.sh      TARGETS  as for build.sh
#   KINDS    some of: archives linux msi image sbom manifests    (default: all)
# Addresses, maintainer ("Name <address>", who answers for .deb and .rpm) and publisher are in packaging/project.env; the
# environment comes before it.
#   SIGN_PKCS12, SIGN_PASSWORD_FILE   certificate for .exe and .msi (osslsigncode)
#   MINISIGN_KEY                      key for SHA256SUMS (minisign)
set -euo pipefail
cd "$(dirname "$0")/.."
nfpm_version=v2.45.2     # newer ones need modules that the module proxy refuses

mkdir -p "${1:-dist}"
out=$(cd "${1:-dist}" && pwd)
bin=$out/bin
VERSION=${VERSION:-$(packaging/version.sh)}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y go.mod)}
export MAINTAINER=${MAINTAINER:-$(sed -n 's/^MAINTAINER="\(.*\)"$/\1/p' packaging/project.env)}
export VERSION SOURCE_DATE_EPOCH TARGETS="${TARGETS:-linux/amd64 linux/arm64 linux/arm windows/amd64 windows/arm64 darwin/arm64}"
export TZ=UTC LC_ALL=C
umask 022 # the modes of what is packed are those of the files made here
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '%s\n' "$*"; }
has() { command -v "$1" >/dev/null; }
want() { case " ${KINDS:-archives linux msi image sbom manifests} " in *" $1 "*) ;; *) return 1 ;; esac; }

# sign_windows FILE signs an .exe or .msi in place.
sign_windows() {
  [ -n "${SIGN_PKCS12:-}" ] || return 0
  osslsigncode sign -pkcs12 "$SIGN_PKCS12" -readpass "$SIGN_PASSWORD_FILE" -h sha256 -n parcelwatch -in "$1" -out "$1.signed" >/dev/null
  mv "$1.signed" "$1"
}

# archive TARGET: what a person unpacks.
archive() {
  local os=${1%/*} arch=${1#*/} exe='' name
  [ "$os" = windows ] && exe=.exe
  name=parcelwatch-$VERSION-$os-$arch
  mkdir -p "$work/$name/docs/ru"
  install -m 755 "$bin/parcelwatch-$os-$arch$exe" "$work/$name/parcelwatch$exe"
  install -m 644 README.md README.ru.md LICENSE CHANGELOG.md SECURITY.md config/example.toml "$work/THIRD-PARTY.txt" "$work/$name/"
  install -m 644 docs/*.md "$work/$name/docs/"
  install -m 644 docs/ru/*.md "$work/$name/docs/ru/"
  [ "$os" != linux ] || install -m 644 packaging/parcelwatch.service packaging/sysusers.conf "$work/$name/"
  find "$work/$name" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  if [ "$os" = windows ]; then
    has zip || { say "skipped: $name.zip needs zip"; return; }
    rm -f "$out/$name.zip"
    (cd "$work" && find "$name" -type f | sort | zip -X -q -9 "$out/$name.zip" -@)
  else
    tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner --format=ustar -cf - "$name" | gzip -n -9 >"$out/$name.tar.gz"
  fi
}

# linux_packages ARCH makes .deb and .rpm.
linux_packages() {
  local nfpm arch=$1
  [ "$arch" = arm ] && arch=arm6
  nfpm=$(packaging/tool.sh nfpm github.com/goreleaser/nfpm/v2/cmd/nfpm "$nfpm_version")
  gzip -n -9 <CHANGELOG.md >"$work/NEWS.gz"
  gzip -n -9 <"$work/THIRD-PARTY.txt" >"$work/THIRD-PARTY.gz"
  packaging/debian-changelog.sh "$VERSION" | gzip -n -9 >"$work/changelog.gz"
  for kind in deb rpm; do
    ARCH=$arch BINARY=$bin/parcelwatch-linux-$1 DOCS=$work \
      "$nfpm" package -f packaging/nfpm.yaml -p "$kind" -t "$out" >"$work/nfpm.log" 2>&1 || { cat "$work/nfpm.log" >&2; return 1; }
  done
}

# sbom TARGET lists what is inside, read from the program itself, and which reports of scanners do not concern it.
sbom() {
  local exe=
  case $1 in windows/*) exe=.exe ;; esac
  local program=$bin/parcelwatch-${1/\//-}$exe name=$out/parcelwatch-$VERSION-${1/\//-}
  go run ./packaging/sbom "$program" "$VERSION" >"$name.cdx.json"
  go run ./packaging/vex "$program" "$VERSION" "$SOURCE_DATE_EPOCH" >"$name.openvex.json"
}

# What the authors of the parts require of whoever passes on a build; fails for a licence that is not on the list.
go run ./packaging/licenses ./cmd/daemon >"$work/THIRD-PARTY.txt"
packaging/build.sh "$bin"
for target in $TARGETS; do
  case $target in windows/*) sign_windows "$bin/parcelwatch-${target/\//-}.exe" ;; esac
  ! want archives || archive "$target"
  ! want sbom || sbom "$target"
  case $target in linux/*) ! want linux || linux_packages "${target#*/}" ;; esac
  if [ "$target" = windows/amd64 ] && want msi; then
    if has wixl && has msibuild; then
      packaging/msi/build.sh "$bin/parcelwatch-windows-amd64.exe" "$work/THIRD-PARTY.txt" "$out/parcelwatch-$VERSION-windows-amd64.msi"
      sign_windows "$out/parcelwatch-$VERSION-windows-amd64.msi"
    else
      say "skipped: the MSI needs wixl and msibuild (packages wixl msitools)"
    fi
  fi
  case $target in linux/amd64 | linux/arm64) ! want image || packaging/container/image.sh "$bin/parcelwatch-${target/\//-}" "$work/THIRD-PARTY.txt" "$out/parcelwatch-$VERSION-${target/\//-}.oci.tar" ;; esac
done
[ -n "${SIGN_PKCS12:-}" ] || say "not signed: .exe and .msi (no SIGN_PKCS12)"

# What package managers need to know of these files is beside them, in manifests/ and as an archive of that folder.
if want manifests; then
  go run ./packaging/manifests packaging/project.env "$out" "$VERSION"
  tar -C "$out" --sort=name --owner=0 --group=0 --numeric-owner --format=ustar --mtime="@$SOURCE_DATE_EPOCH" -cf - manifests |
    gzip -n -9 >"$out/parcelwatch-$VERSION-manifests.tar.gz"
fi
(cd "$out" && find . -maxdepth 1 -type f ! -name 'SHA256SUMS*' -printf '%P\n' | sort | xargs sha256sum >SHA256SUMS)
if [ -n "${MINISIGN_KEY:-}" ]; then
  packaging/sign.sh --minisign "$MINISIGN_KEY" "$out"
else
  say "not signed: SHA256SUMS (no MINISIGN_KEY)"
fi
say "packages of $VERSION in $out:"
(cd "$out" && find . -maxdepth 1 -type f -printf '%10s  %P\n' | sort -k2)
