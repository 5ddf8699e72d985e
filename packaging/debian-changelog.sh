#!/bin/sh
# Prints the changelog in Debian's form for the version given: dpkg's tools read
# no other, and CHANGELOG.md goes along as NEWS.
set -eu
date=$(LC_ALL=C date -u -R -d "@${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}")
printf 'parcelwatch (%s) stable; urgency=medium\n\n  * See NEWS.gz.\n\n -- %s  %s\n' \
  "$1" "${MAINTAINER:-parcelwatch maintainers <maintainers@parcelwatch.invalid>}" "$date"
