#!/bin/sh
# deb: "remove", or "upgrade NEW"; rpm: 0, or 1 for an upgrade, which leaves the
# service running until the new program is in place.
set -e
case "$1" in
remove | 0)
  command -v systemctl >/dev/null || exit 0
  systemctl disable --quiet parcelwatch.service || true
  [ ! -d /run/systemd/system ] || systemctl stop parcelwatch.service || true
  ;;
esac
