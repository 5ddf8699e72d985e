#!/usr/bin/with-contenv bashio
# Joins the user's configuration with what Home Assistant knows, and runs the daemon.
# The joined file lies beside the user's, so that relative paths mean the same.
set -eu
umask 077
mine=/config/parcelwatch.toml
joined=/config/.joined.toml

if [ ! -e "$mine" ]; then
  bashio::log.fatal "Write your mailbox, [smtp] and [[digest]] into parcelwatch.toml in the folder of this app; see its documentation."
  exit 1
fi

# has SECTION tells whether the user's file has a section.
has() { grep -qE "^[[:space:]]*\\[$1\\]" "$mine"; }

{
  grep -qE '^[[:space:]]*language[[:space:]]*=' "$mine" || printf 'language = "%s"\n' "$(bashio::config language)"
  cat "$mine"
  printf '\n'
  has store || printf '[store]\npath = "/data/parcelwatch.db"\n\n'
  if ! has web && bashio::config.has_value page_password; then
    PARCELWATCH_PAGE=$(bashio::config page_password)
    export PARCELWATCH_PAGE
    printf '[web]\nlisten = "0.0.0.0:8099"\nproxies = ["172.30.32.2"]\npassword = { env = "PARCELWATCH_PAGE" }\n\n'
  fi
  if ! has mqtt && bashio::config.true mqtt && bashio::services.available mqtt; then
    PARCELWATCH_MQTT=$(bashio::services mqtt password)
    export PARCELWATCH_MQTT
    scheme=mqtt
    if [ "$(bashio::services mqtt ssl)" = true ]; then scheme=mqtts; fi
    printf '[mqtt]\nurl = "%s://%s:%s"\nusername = "%s"\npassword = { env = "PARCELWATCH_MQTT" }\n' \
      "$scheme" "$(bashio::services mqtt host)" "$(bashio::services mqtt port)" "$(bashio::services mqtt username)"
  fi
} >"$joined"

exec parcelwatch run --config "$joined"
