#!/bin/sh
# A consistent copy of the store for Home Assistant's backup.
set -eu
rm -f /data/backup.db
PARCELWATCH_PAGE=unused PARCELWATCH_MQTT=unused
export PARCELWATCH_PAGE PARCELWATCH_MQTT
exec parcelwatch backup /data/backup.db --config /config/.joined.toml
