#!/usr/bin/env bash
# sign-dry-run.sh DIST: signs a copy of DIST/SHA256SUMS with throw-away keys, verifies it as docs/install.md says, and
# requires that a changed list, a changed file and another key are refused. Reaches no network. cosign is tried where
# it is installed (go install github.com/sigstore/cosign/v3/cmd/cosign@v3.1.3).
set -euo pipefail
dist=$(realpath "${1:?usage: sign-dry-run.sh DIST}")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$dist"/SHA256SUMS "$work/"
file=$(awk 'NR == 1 {print $2}' "$work/SHA256SUMS")
cp "$dist/$file" "$work/"
must_fail() {
  local why=$1
  shift
  if "$@" >/dev/null 2>&1; then echo "accepted: $why" >&2; exit 1; fi
  echo "refused, as it must be: $why"
}
cd "$work"

minisign -G -f -W -p right.pub -s right.key >/dev/null
minisign -G -f -W -p wrong.pub -s wrong.key >/dev/null
"$here/sign.sh" --minisign right.key . >/dev/null
minisign -V -q -p right.pub -m SHA256SUMS
sha256sum --quiet --ignore-missing -c SHA256SUMS
echo "minisign: signed and verified"
must_fail "another minisign key" minisign -V -q -p wrong.pub -m SHA256SUMS
cp SHA256SUMS right.sums
sed -i '1s/^./g/' SHA256SUMS
must_fail "a list changed after minisign signed it" minisign -V -q -p right.pub -m SHA256SUMS
cp right.sums SHA256SUMS
printf x >>"$file"
must_fail "a changed file" sha256sum --quiet --ignore-missing -c SHA256SUMS

if command -v cosign >/dev/null; then
  COSIGN_PASSWORD='' cosign generate-key-pair >/dev/null 2>&1
  export COSIGN_PASSWORD=''
  COSIGN_KEY=cosign.key COSIGN_OFFLINE=1 "$here/sign.sh" --cosign . 2>/dev/null >/dev/null
  verify=(cosign verify-blob --key cosign.pub --bundle SHA256SUMS.sigstore.json --insecure-ignore-tlog=true SHA256SUMS)
  "${verify[@]}" 2>/dev/null
  echo "cosign: signed and verified"
  sed -i '1s/^./g/' SHA256SUMS
  must_fail "a list changed after cosign signed it" "${verify[@]}"
else
  echo "skipped: cosign is not installed"
fi
