#!/usr/bin/env bash
# image.sh PROGRAM THIRD-PARTY.txt OUT.tar: a container image of the program as "docker load" and
# "podman load" take it, made with tar and sha256sum alone; the same program gives
# the same bytes. What it is made of is in the Containerfile beside this.
set -euo pipefail
umask 022
usage="usage: image.sh PROGRAM THIRD-PARTY.txt OUT.tar"
program=$(realpath "${1:?$usage}") licences=$(realpath "${2:?$usage}") out=$(realpath -m "${3:?$usage}")
here=$(cd "$(dirname "$0")" && pwd)
epoch=${SOURCE_DATE_EPOCH:-$(stat -c %Y "$program")}
version=${VERSION:-$("$here/../version.sh")}
authorities=${CA_CERTIFICATES:-/etc/ssl/certs/ca-certificates.crt}
case $program in *arm64) arch=arm64 ;; *) arch=amd64 ;; esac
[ -s "$authorities" ] || { echo "skipped: the image needs $authorities (package ca-certificates)"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# pack DIR OUT OWNER PATH...: a tar whose bytes depend on the contents only.
pack() {
  local dir=$1 file=$2 owner=$3
  shift 3
  tar -C "$dir" --sort=name --format=ustar --mtime="@$epoch" --owner="$owner" --group="$owner" --numeric-owner -rf "$file" "$@"
}
sha() { sha256sum "$1" | cut -d' ' -f1; }

root=$work/root
mkdir -p "$root/etc/ssl/certs" "$root/etc/parcelwatch" "$root/var/lib/parcelwatch" "$root/tmp"
install -m 755 "$program" "$root/parcelwatch"
install -m 644 "$licences" "$root/THIRD-PARTY.txt"
install -m 644 "$authorities" "$root/etc/ssl/certs/ca-certificates.crt"
chmod 755 "$root" "$root/etc" "$root/etc/ssl" "$root/etc/ssl/certs" "$root/etc/parcelwatch" "$root/var" "$root/var/lib"
chmod 700 "$root/var/lib/parcelwatch"
chmod 1777 "$root/tmp"
pack "$root" "$work/layer.tar" 0 --no-recursion THIRD-PARTY.txt etc etc/parcelwatch etc/ssl etc/ssl/certs etc/ssl/certs/ca-certificates.crt parcelwatch tmp var var/lib
pack "$root" "$work/layer.tar" 65532 --no-recursion var/lib/parcelwatch

diff=$(sha "$work/layer.tar")
created=$(date -u -d "@$epoch" +%Y-%m-%dT%H:%M:%SZ)
cat >"$work/config.json" <<JSON
{"architecture":"$arch","os":"linux","created":"$created","config":{"User":"65532:65532","Entrypoint":["/parcelwatch"],"Cmd":["run","--config","/etc/parcelwatch/parcelwatch.toml"],"Volumes":{"/var/lib/parcelwatch":{}},"Healthcheck":{"Test":["CMD","/parcelwatch","status","--quiet","--config","/etc/parcelwatch/parcelwatch.toml"],"Interval":60000000000,"Timeout":10000000000,"StartPeriod":60000000000},"Labels":{"org.opencontainers.image.title":"parcelwatch","org.opencontainers.image.version":"$version","org.opencontainers.image.licenses":"MIT"}},"rootfs":{"type":"layers","diff_ids":["sha256:$diff"]},"history":[{"created":"$created"}]}
JSON
image=$work/image blobs=$work/image/blobs/sha256
mkdir -p "$blobs"
config=$(sha "$work/config.json")
mv "$work/layer.tar" "$blobs/$diff"
mv "$work/config.json" "$blobs/$config"
cat >"$work/manifest" <<JSON
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:$config","size":$(stat -c %s "$blobs/$config")},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:$diff","size":$(stat -c %s "$blobs/$diff")}]}
JSON
manifest=$(sha "$work/manifest")
size=$(stat -c %s "$work/manifest")
mv "$work/manifest" "$blobs/$manifest"
echo '{"imageLayoutVersion":"1.0.0"}' >"$image/oci-layout"
cat >"$image/index.json" <<JSON
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:$manifest","size":$size,"platform":{"architecture":"$arch","os":"linux"},"annotations":{"org.opencontainers.image.ref.name":"parcelwatch:latest"}}]}
JSON
# Older versions of docker load read this one.
cat >"$image/manifest.json" <<JSON
[{"Config":"blobs/sha256/$config","RepoTags":["parcelwatch:latest"],"Layers":["blobs/sha256/$diff"]}]
JSON
rm -f "$out"
pack "$image" "$out" 0 .
