#!/usr/bin/env bash
# cyrus.sh prepare | start DIR PORT | stop DIR: a real Cyrus on 127.0.0.1, everything under DIR, root or not.
#   PORT    IMAP with STARTTLS   PORT+1  IMAP over TLS   PORT+2  LMTP
# Users alice and bob, password secret; folders are separated by "/". DIR/tls is the authority's, as with dovecot.sh.
# CYRUS_EXTRA adds lines to imapd.conf. Needs the Debian packages cyrus-common and sasl2-bin. The package cyrus-imapd
# cannot be installed beside dovecot-imapd, so it is only fetched (once, into the user's cache) and unpacked under DIR.
# prepare says why it cannot run here and ends with 77. start prints "ready" once it answers.
set -euo pipefail
usage="usage: cyrus.sh prepare | start DIR PORT | stop DIR"
verb=${1:?$usage}
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin
programs=/usr/lib/cyrus/bin
cache=${XDG_CACHE_HOME:-$HOME/.cache}/parcelwatch-ci

cannot() { echo "$*"; exit 77; }

prepare() {
  [ -x $programs/master ] || cannot "no Cyrus here (package cyrus-common)"
  command -v saslpasswd2 >/dev/null || cannot "no saslpasswd2 here (package sasl2-bin)"
  local version
  version=$(dpkg-query -W -f '${Version}' cyrus-common)
  package=$cache/cyrus-imapd_${version}.deb
  [ -s "$package" ] && return
  mkdir -p "$cache"
  local fresh
  fresh=$(mktemp -d)
  (cd "$fresh" && apt-get download -q "cyrus-imapd=$version" >log 2>&1 && mv ./*.deb "$package.$$" && mv "$package.$$" "$package") ||
    { tail -n 1 "$fresh/log"; rm -rf "$fresh"; cannot "the package cyrus-imapd cannot be fetched"; }
  rm -rf "$fresh"
}

gone() { [ ! -e "/proc/$1/stat" ] || [ "$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null)" = Z ]; }

case $verb in
prepare)
  prepare
  exit 0
  ;;
stop)
  dir=${2:?$usage}
  pid=$(cat "$dir/run/master.pid" 2>/dev/null) || exit 0
  kill "$pid" 2>/dev/null || exit 0
  for _ in $(seq 100); do ! gone "$pid" || break; sleep 0.05; done
  gone "$pid" || kill -KILL "$pid"
  rm -f "$dir/run/master.pid"
  exit 0
  ;;
start) ;;
*)
  echo "$usage" >&2
  exit 2
  ;;
esac

dir=${2:?$usage} port=${3:?$usage}
prepare
mkdir -p "$dir"/{run,log,spool} "$dir"/lib/{db,proc,socket,user,quota,sieve,log,msg}
dir=$(cd "$dir" && pwd)
[ -x "$dir/program/usr/lib/cyrus/bin/imapd" ] || dpkg -x "$package" "$dir/program"
imapd=$dir/program/usr/lib/cyrus/bin/imapd
bash "$here/authority.sh" "$dir/tls"
owner=$(id -un)
[ "$(id -u)" != 0 ] || owner=cyrus
for user in alice bob; do printf secret | saslpasswd2 -p -c -f "$dir/sasldb2" -u "$(uname -n)" "$user"; done
cat >"$dir/imapd.conf" <<CONF
configdirectory: $dir/lib
partition-default: $dir/spool
cyrus_user: $owner
servername: $(uname -n)
syslog_prefix: rig-$port
proc_path: $dir/run/proc
mboxname_lockpath: $dir/run/lock
idlesocket: $dir/run/idle
lmtpsocket: $dir/run/lmtp
notifysocket: $dir/run/notify
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: $dir/sasldb2
sasl_mech_list: PLAIN LOGIN
allowplaintext: yes
unixhierarchysep: yes
altnamespace: yes
virtdomains: off
lmtp_downcase_rcpt: yes
autocreate_quota: 0
autocreate_post: yes
conversations: no
tls_server_cert: $dir/tls/cert.pem
tls_server_key: $dir/tls/key.pem
tls_client_ca_file: $dir/tls/ca.pem
${CYRUS_EXTRA:-}
CONF
cat >"$dir/cyrus.conf" <<CONF
START {
  recover cmd="$programs/ctl_cyrusdb -C $dir/imapd.conf -r"
}
SERVICES {
  imap cmd="$imapd -C $dir/imapd.conf" listen="127.0.0.1:$port" prefork=1
  imaps cmd="$imapd -s -C $dir/imapd.conf" listen="127.0.0.1:$((port + 1))" prefork=1
  lmtp cmd="$programs/lmtpd -a -C $dir/imapd.conf" listen="127.0.0.1:$((port + 2))" prefork=0
}
DAEMON {
  idled cmd="$dir/program/usr/lib/cyrus/bin/idled -C $dir/imapd.conf"
}
CONF
[ "$(id -u)" != 0 ] || chown -R "$owner": "$dir"
chmod 755 "$dir"
rm -f "$dir/run/master.pid"
$programs/master -C "$dir/imapd.conf" -M "$dir/cyrus.conf" -p "$dir/run/master.pid" -d </dev/null >"$dir/log/start.log" 2>&1 ||
  { cat "$dir/log/start.log" >&2; exit 1; }
for _ in $(seq 200); do
  if { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null; then
    IFS= read -r -t 2 line <&3 || line=
    exec 3>&-
    [[ $line == "* OK"* ]] && { echo "ready"; exit 0; }
  fi
  sleep 0.05
done
echo "cyrus gave no greeting in 10 s: $(cat "$dir/log/start.log")" >&2
exit 1
