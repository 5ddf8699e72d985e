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

# The page is reached through Home Assistant, but other apps are in the same network: it always has a password.
if bashio::config.has_value page_password; then
  PARCELWATCH_PAGE=$(bashio::config page_password)
else
  kept=/data/page.password
  [ -s "$kept" ] || tr -dc 'a-km-z2-9' </dev/urandom | head -c 12 >"$kept"
  PARCELWATCH_PAGE=$(cat "$kept")
  bashio::log.info "The page in the side bar asks once for a password: $PARCELWATCH_PAGE. The option page_password sets another one."
fi
export PARCELWATCH_PAGE

# has SECTION tells whether the user's file has a section.
has() { grep -qE "^[[:space:]]*\\[$1\\]" "$mine"; }

{
  sed '/^[[:space:]]*\[/,$d' "$mine" | grep -qE '^[[:space:]]*language[[:space:]]*=' || printf 'language = "%s"\n' "$(bashio::config language)"
  cat "$mine"
  printf '\n'
  has store || printf '[store]\npath = "/data/parcelwatch.db"\n\n'
  if ! has web; then
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
