#!/usr/bin/env bash
# postfix.sh DIR PORT TLSDIR AUTHSOCKET LMTPPORT: a real Postfix on 127.0.0.1, everything under DIR (needs root).
#   PORT    submission: STARTTLS, then a login      PORT+1  the same with TLS from the first byte
# Mail for alice@rig.test and bob@rig.test goes by LMTP to 127.0.0.1:LMTPPORT, any other is discarded. The login is
# asked of Dovecot's SASL socket; TLSDIR holds cert.pem and key.pem. Prints "ready". Stop: postfix -c DIR/etc stop.
set -euo pipefail
dir=${1:?} port=${2:?} tls=${3:?} auth=${4:?} lmtp=${5:?}
PATH=$PATH:/usr/sbin
[ "$(id -u)" = 0 ] || { echo "postfix needs root" >&2; exit 1; }
mkdir -p "$dir/etc" "$dir/queue" "$dir/data"
dir=$(cd "$dir" && pwd)
chmod 755 "$dir"
chown postfix "$dir/data"
cat >"$dir/etc/main.cf" <<CONF
compatibility_level = 3.6
queue_directory = $dir/queue
data_directory = $dir/data
maillog_file = $dir/postfix.log
maillog_file_prefixes = $dir
syslog_name = rig-$port
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = smtp.rig.test
mydestination =
mynetworks =
alias_maps =
local_recipient_maps =
recipient_delimiter = +
virtual_mailbox_domains = rig.test
virtual_mailbox_maps = inline:{ { alice@rig.test=1 }, { bob@rig.test=1 } }
virtual_transport = lmtp:inet:127.0.0.1:$lmtp
default_transport = discard:
relay_transport = discard:
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_type = dovecot
smtpd_sasl_path = $auth
smtpd_tls_cert_file = $tls/cert.pem
smtpd_tls_key_file = $tls/key.pem
smtpd_tls_security_level = may
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
CONF
login="-o smtpd_sasl_auth_enable=yes -o smtpd_tls_auth_only=yes -o smtpd_client_restrictions=permit_sasl_authenticated,reject"
cat >"$dir/etc/master.cf" <<CONF
127.0.0.1:$port inet n - n - - smtpd -o smtpd_tls_security_level=encrypt $login
127.0.0.1:$((port + 1)) inet n - n - - smtpd -o smtpd_tls_wrappermode=yes $login
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
CONF
postfix -c "$dir/etc" start >"$dir/start.log" 2>&1 </dev/null || { cat "$dir/start.log" >&2; exit 1; }
deadline=$((SECONDS + 10))
while [ $SECONDS -lt $deadline ]; do
  if { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null; then
    if IFS= read -r -t 3 line <&3 && [[ $line == 220* ]]; then
      echo "ready submission=127.0.0.1:$port smtps=127.0.0.1:$((port + 1))"
      exit 0
    fi
    exec 3>&- || true
  fi
  sleep 0.05
done
echo "postfix gave no greeting in 10 s; see $dir/postfix.log" >&2
exit 1
