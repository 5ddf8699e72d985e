#!/usr/bin/env bash
# apt-repository.sh DIST OUT: makes an apt repository of the .deb files in DIST, to be served as it is. The same files give
# the same bytes, except for the signature.
#   GPG_KEY   id of the key that signs it, in the keyring of gpg. Without one the repository is not signed, and apt refuses it.
# Needs apt-ftparchive (package apt-utils) and gpg.
set -euo pipefail
usage="usage: apt-repository.sh DIST OUT"
dist=$(realpath "${1:?$usage}") out=$(realpath -m "${2:?$usage}")
here=$(cd "$(dirname "$0")" && pwd)
epoch=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct)}
export LC_ALL=C TZ=UTC
compgen -G "$dist/*.deb" >/dev/null || { echo "there is no .deb in $dist; make them with packaging/package.sh" >&2; exit 1; }

mkdir -p "$out/pool/main/p/parcelwatch"
install -m 644 "$dist"/*.deb "$out/pool/main/p/parcelwatch/"
cd "$out"
arches=$(for deb in pool/main/p/parcelwatch/*.deb; do dpkg-deb -f "$deb" Architecture; done | sort -u)
for arch in $arches; do
  dir=dists/stable/main/binary-$arch
  mkdir -p "$dir"
  apt-ftparchive --arch "$arch" packages pool >"$dir/Packages"
  gzip -n -9 -k -f "$dir/Packages"
done
rm -f dists/stable/Release dists/stable/InRelease dists/stable/Release.gpg
apt-ftparchive -o "APT::FTPArchive::Release::Origin=parcelwatch" -o "APT::FTPArchive::Release::Label=parcelwatch" \
  -o "APT::FTPArchive::Release::Suite=stable" -o "APT::FTPArchive::Release::Codename=stable" \
  -o "APT::FTPArchive::Release::Components=main" -o "APT::FTPArchive::Release::Architectures=$(echo $arches)" \
  release dists/stable | sed "s/^Date: .*/Date: $(date -u -R -d "@$epoch" | sed 's/+0000/UTC/')/" >Release
mv Release dists/stable/Release
if [ -n "${GPG_KEY:-}" ]; then
  gpg --batch --yes --local-user "$GPG_KEY" --clear-sign --output dists/stable/InRelease dists/stable/Release
  gpg --batch --yes --armor --export "$GPG_KEY" >parcelwatch.asc
else
  echo "not signed: the repository (no GPG_KEY)"
fi
[ ! -f "$dist/manifests/apt/parcelwatch.sources" ] || install -m 644 "$dist/manifests/apt/parcelwatch.sources" .
