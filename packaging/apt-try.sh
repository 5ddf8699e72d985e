#!/usr/bin/env bash
# apt-try.sh DIST: makes a repository of the .deb files in DIST with a throw-away key, and has apt read it from disk, refuse
# it without the key or after a change, and fetch the package. Nothing of this machine's apt is touched, and nothing installed.
set -euo pipefail
dist=$(realpath "${1:?usage: apt-try.sh DIST}")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'GNUPGHOME="$work/gpg" gpgconf --kill all 2>/dev/null || true; rm -rf "$work"' EXIT
chmod 755 "$work"
export GNUPGHOME=$work/gpg
mkdir -m 700 "$GNUPGHOME"
for name in right wrong; do
  gpg --batch --quiet --passphrase '' --quick-generate-key "$name throw-away <$name@parcelwatch.invalid>" ed25519 sign 1d
done
GPG_KEY=right@parcelwatch.invalid "$here/apt-repository.sh" "$dist" "$work/repository"
gpg --batch --armor --export wrong@parcelwatch.invalid >"$work/wrong.asc"

arch=$(dpkg --print-architecture)
mkdir -p "$work/apt/lists/partial" "$work/apt/archives/partial" "$work/apt/empty"
: >"$work/apt/status"
# ask KEY COMMAND...: apt that knows this repository, by this key, and nothing else.
ask() {
  printf 'Types: deb\nURIs: file://%s/repository\nSuites: stable\nComponents: main\nSigned-By: %s\n' "$work" "$1" >"$work/apt/parcelwatch.sources"
  shift
  apt-get -qq -o "Dir::Etc::sourcelist=$work/apt/parcelwatch.sources" -o "Dir::Etc::sourceparts=$work/apt/empty" -o "Dir::Etc::parts=$work/apt/empty" \
    -o "Dir::State::lists=$work/apt/lists" -o "Dir::State::status=$work/apt/status" -o "Dir::Cache=$work/apt" -o "Dir::Cache::archives=$work/apt/archives" \
    -o "APT::Architecture=$arch" -o "APT::Architectures=$arch" -o APT::Sandbox::User=root "$@"
}
must_fail() {
  local why=$1
  shift
  if said=$(ask "$@" update -o APT::Update::Error-Mode=any 2>&1); then echo "apt accepted $why" >&2; exit 1; fi
  echo "refused, as it must be: $why"
}

must_fail "a repository signed by another key" "$work/wrong.asc"
ask "$work/repository/parcelwatch.asc" update
(cd "$work" && ask "$work/repository/parcelwatch.asc" download parcelwatch)
fetched=$(compgen -G "$work/parcelwatch_*_$arch.deb")
cmp "$fetched" "$work/repository/pool/main/p/parcelwatch/$(basename "$fetched" | sed 's/%3a/:/')"
echo "apt fetched $(basename "$fetched"), the same bytes"
rm -rf "$work/apt/lists"
mkdir -p "$work/apt/lists/partial"
sed -i 's/^Version: /Version: 9/' "$work/repository/dists/stable/main/binary-$arch/Packages"
gzip -n -9 -k -f "$work/repository/dists/stable/main/binary-$arch/Packages"
must_fail "a list that was changed after signing" "$work/repository/parcelwatch.asc"
