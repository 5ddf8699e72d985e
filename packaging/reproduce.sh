#!/usr/bin/env bash
# reproduce.sh [--keep DIST]: builds the packages twice, in folders of different length, with different umask, time zone,
# language, file times and build cache (the second one empty, where COLD is not 0), and compares every byte. --keep leaves the first.
#   TARGETS, KINDS, VERSION   as for package.sh      COLD=0   both builds with the cache of the user: much quicker
# Two targets with COLD=0 are enough for every change: TARGETS="linux/amd64 windows/amd64" COLD=0 packaging/reproduce.sh
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
keep=
[ "${1:-}" != --keep ] || keep=$(realpath -m "${2:?usage: reproduce.sh [--keep DIST]}")
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$root"
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export VERSION=${VERSION:-$(packaging/version.sh)}
if [ -n "$(git status --porcelain --untracked-files=no)" ]; then
  echo "uncommitted changes are not part of what is compared: commit them first" >&2
  exit 1
fi

commit=$(git rev-parse HEAD)
# copy UMASK DIR: a clone of what is committed; the program records the commit, so that the builds need the repository.
copy() {
  (umask "$1" && git clone -q --no-local . "$2" && git -C "$2" checkout -q --detach "$commit")
}
one=$work/a two=$work/a-second-folder-with-a-longer/path
copy 022 "$one"
copy 077 "$two"
find "$two" -path "$two/.git" -prune -o -type f -exec touch -d '2001-02-03 04:05:06' {} +
echo "first build: umask 022, UTC"
(umask 022 && cd "$one" && TZ=UTC LC_ALL=C packaging/package.sh "$work/one" >"$work/one.log" 2>&1) || { cat "$work/one.log"; exit 1; }
cold=()
[ "${COLD:-1}" = 0 ] || cold=(GOCACHE="$work/cache")
echo "second build: umask 077, Asia/Kathmandu, ${cold[*]:+empty cache}"
(umask 077 && cd "$two" && env "${cold[@]}" TZ=Asia/Kathmandu LC_ALL=C.UTF-8 LANG=tr_TR.UTF-8 \
  packaging/package.sh "$work/two" >"$work/two.log" 2>&1) || { cat "$work/two.log"; exit 1; }

grep '^skipped' "$work/one.log" || true
list() { (cd "$1" && find . -type f | sort); }
diff <(list "$work/one") <(list "$work/two") || { echo "the builds have different files" >&2; exit 1; }
count=0 differ=0
while read -r file; do
  count=$((count + 1))
  cmp -s "$work/one/$file" "$work/two/$file" || { echo "differs: $file" >&2; differ=1; }
done < <(list "$work/one")
[ "$differ" = 0 ] || exit 1
echo "$count files of $VERSION are equal, byte for byte ($SECONDS s)"
if [ -n "$keep" ]; then
  rm -rf "$keep"
  mkdir -p "$(dirname "$keep")"
  cp -r "$work/one" "$keep"
fi
