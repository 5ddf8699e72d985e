#!/usr/bin/env bash
# sign.sh --minisign KEYFILE DIST, or --cosign DIST: signs DIST/SHA256SUMS, which names every file of a release.
# minisign writes SHA256SUMS.minisig. cosign (version 3) writes SHA256SUMS.sigstore.json: keyless, as the identity of the
# workflow that runs it, or with the key file in COSIGN_KEY and without any server (COSIGN_OFFLINE=1).
set -euo pipefail
usage="usage: sign.sh --minisign KEYFILE DIST | --cosign DIST"
case ${1:-} in
--minisign)
  key=${2:?$usage} dist=${3:?$usage}
  version=$(basename "$(compgen -G "$dist/parcelwatch-*-linux-amd64.tar.gz" || echo parcelwatch)" -linux-amd64.tar.gz)
  minisign -S -s "$key" -m "$dist/SHA256SUMS" -t "$version"
  ;;
--cosign)
  dist=${2:?$usage}
  with=(--yes --bundle "$dist/SHA256SUMS.sigstore.json")
  [ -z "${COSIGN_KEY:-}" ] || with+=(--key "$COSIGN_KEY")
  [ -z "${COSIGN_OFFLINE:-}" ] || with+=(--use-signing-config=false --tlog-upload=false)
  cosign sign-blob "${with[@]}" "$dist/SHA256SUMS"
  ;;
*)
  echo "$usage" >&2
  exit 2
  ;;
esac
