#!/usr/bin/env bash
# dovecot.sh start DIR PORT | stop DIR: a real Dovecot on 127.0.0.1, everything under DIR, root or not.
#   PORT    IMAP with STARTTLS   PORT+1  IMAP over TLS   PORT+2  LMTP   DIR/run/auth-client  SASL socket for Postfix
# Users alice and bob, password secret, mail in DIR/mail/USER/Maildir (may be filled before). Own authority in DIR/tls:
# ca.pem, cert.pem, key.pem; the name expired.test shows a certificate that has run out. XOAUTH2 tokens are JWTs signed
# HS256 with the bytes of DIR/jwt.key. DOVECOT_EXTRA adds configuration lines. Prints "ready" once it answers.
set -euo pipefail
usage="usage: dovecot.sh start DIR PORT | stop DIR"
verb=${1:?$usage} dir=${2:?$usage}
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin

gone() { [ ! -e "/proc/$1/stat" ] || [ "$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null)" = Z ]; }

if [ "$verb" = stop ]; then
  pid=$(cat "$dir/run/master.pid" 2>/dev/null) || exit 0
  kill "$pid" 2>/dev/null || exit 0
  for _ in $(seq 100); do ! gone "$pid" || break; sleep 0.05; done
  gone "$pid" || kill -KILL "$pid" 2>/dev/null || :
  rm -f "$dir/run/master.pid" # a process that nobody has waited for yet would pass for a running one
  exit 0
fi
[ "$verb" = start ] || { echo "$usage" >&2; exit 2; }
port=${3:?$usage}
mkdir -p "$dir"/{run,log,mail,tls,keys/default/HS256}
dir=$(cd "$dir" && pwd)

bash "$here/authority.sh" "$dir/tls"
[ -s "$dir/jwt.key" ] || head -c 32 /dev/urandom >"$dir/jwt.key"
base64 -w0 <"$dir/jwt.key" >"$dir/keys/default/HS256/default"

accounts=$(printf 'default_internal_user = %s\ndefault_internal_group = %s\ndefault_login_user = %s' "$(id -un)" "$(id -gn)" "$(id -un)")
owner=$(id -un) authmode=0600
if [ "$(id -u)" = 0 ]; then # Dovecot hands no mail to root
  owner=nobody authmode=0666
  accounts=$(printf 'default_internal_user = dovecot\ndefault_internal_group = dovecot\ndefault_login_user = dovenull')
fi
: >"$dir/users"
for user in alice bob; do
  echo "$user:{PLAIN}secret::::::" >>"$dir/users"
  mkdir -p "$dir/mail/$user"
done
[ "$(id -u)" != 0 ] || chown -R "$owner" "$dir/mail"
cat >"$dir/oauth2.conf.ext" <<CONF
introspection_mode = local
local_validation_key_dict = fs:posix:prefix=$dir/keys/
username_attribute = sub
username_format = %Ln
CONF
cat >"$dir/dovecot.conf" <<CONF
base_dir = $dir/run
state_dir = $dir/run
log_path = $dir/log/dovecot.log
instance_name = rig-$port
protocols = imap lmtp
listen = 127.0.0.1
$accounts
mail_uid = $owner
mail_home = $dir/mail/%n
mail_location = ${DOVECOT_LOCATION:-maildir:~/Maildir}
first_valid_uid = 1
last_valid_uid = 0
mail_max_userip_connections = 200
maildir_very_dirty_syncs = yes
ssl = yes
ssl_cert = <$dir/tls/cert.pem
ssl_key = <$dir/tls/key.pem
local_name expired.test {
  ssl_cert = <$dir/tls/expired-cert.pem
  ssl_key = <$dir/tls/expired-key.pem
}
auth_mechanisms = plain login xoauth2 oauthbearer
auth_username_format = %Ln
auth_failure_delay = 0
passdb {
  driver = passwd-file
  args = $dir/users
  mechanisms = plain login
}
passdb {
  driver = oauth2
  args = $dir/oauth2.conf.ext
  mechanisms = xoauth2 oauthbearer
}
userdb {
  driver = passwd-file
  args = $dir/users
  override_fields = uid=$owner gid=$(id -gn "$owner") home=$dir/mail/%n
}
namespace inbox {
  inbox = yes
  separator = /
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $port
  }
  inet_listener imaps {
    port = $((port + 1))
    ssl = yes
  }
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = $((port + 2))
  }
}
service auth {
  unix_listener auth-client {
    mode = $authmode
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
${DOVECOT_EXTRA:-}
CONF
chmod 755 "$dir" "$dir/mail"
dovecot -c "$dir/dovecot.conf" </dev/null >"$dir/log/start.log" 2>&1 || { cat "$dir/log/start.log" >&2; exit 1; }
for _ in $(seq 200); do
  if { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null; then
    IFS= read -r -t 2 line <&3 || line=
    exec 3>&-
    [[ $line == "* OK"* ]] && { echo "ready"; exit 0; }
  fi
  sleep 0.05
done
echo "dovecot gave no greeting in 10 s; see $dir/log/dovecot.log" >&2
exit 1
