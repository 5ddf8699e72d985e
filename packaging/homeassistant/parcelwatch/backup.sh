#!/bin/sh
# A consistent copy of the store for Home Assistant's backup.
set -eu
rm -f /data/backup.db
exec parcelwatch backup /data/backup.db --config /config/.joined.toml
