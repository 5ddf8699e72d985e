#!/bin/sh
# deb: "install", or "upgrade OLD"; rpm: 1, or 2 for an upgrade. Debian's
# postinst cannot tell an upgrade from an install after a removal, this can.
set -e
case "$1" in
install | 1) touch /run/parcelwatch.fresh ;;
esac
