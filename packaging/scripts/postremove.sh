#!/bin/sh
# Removal keeps configuration and store; only Debian's purge takes them.
set -e
if [ "$1" = purge ]; then
  rm -rf /etc/parcelwatch /var/lib/parcelwatch /var/log/parcelwatch /etc/systemd/system/parcelwatch.service.d
  rm -f /etc/systemd/system/parcelwatch.service
  if getent passwd parcelwatch >/dev/null && command -v userdel >/dev/null; then
    userdel parcelwatch || true
  fi
fi
[ ! -d /run/systemd/system ] || systemctl daemon-reload || true
