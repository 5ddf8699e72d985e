#!/bin/sh
# A fresh install enables the service, and starts it where a configuration is
# there already. An upgrade restarts it where it runs, and changes nothing else.
set -e
case "$1" in
configure | 1 | 2) ;;
*) exit 0 ;; # Debian's abort-*: what was there goes on
esac

if ! getent passwd parcelwatch >/dev/null; then
  if command -v systemd-sysusers >/dev/null; then
    systemd-sysusers /usr/lib/sysusers.d/parcelwatch.conf
  else
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin parcelwatch
  fi
fi
# Root writes the configuration, the service reads it.
chown root:parcelwatch /etc/parcelwatch
chmod 0751 /etc/parcelwatch

command -v systemctl >/dev/null || exit 0
fresh=
if [ -e /run/parcelwatch.fresh ]; then
  rm -f /run/parcelwatch.fresh
  fresh=yes
  systemctl enable --quiet parcelwatch.service || true
fi
[ -d /run/systemd/system ] || exit 0
systemctl daemon-reload || true
if [ -z "$fresh" ]; then
  systemctl try-restart parcelwatch.service || true
elif [ -e /etc/parcelwatch/parcelwatch.toml ]; then
  systemctl start parcelwatch.service || echo "parcelwatch does not start; see: journalctl -u parcelwatch" >&2
else
  echo "parcelwatch is installed. Now: sudo parcelwatch setup, sudo parcelwatch service install, sudo parcelwatch service start"
  echo "The page in the browser is on unless setup is told otherwise: sudo parcelwatch web open"
fi
