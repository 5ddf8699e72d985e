#!/usr/bin/env bash
# imap4d.sh prepare | start DIR PORT | stop DIR: a real GNU mailutils imap4d on 127.0.0.1, everything under DIR, root or not.
#   PORT    IMAP with STARTTLS   PORT+1  IMAP over TLS
# User alice@rig.test, password secret; each folder is an mbox file in DIR/home/alice. IMAP4D_EXTRA adds configuration lines.
# prepare says why it cannot run here and ends with 77. start prints "ready" once it answers.
set -euo pipefail
usage="usage: imap4d.sh prepare | start DIR PORT | stop DIR"
verb=${1:?$usage}
here=$(cd "$(dirname "$0")" && pwd)
packages="mailutils-imap4d libmailutils9 libgsasl18 libntlm0 libmariadb3 libidn12 libgssglue1 libpq5"

gone() { [ ! -e "/proc/$1/stat" ] || [ "$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null)" = Z ]; }

case $verb in
prepare)
  exec bash "$here/unpack.sh" - $packages
  ;;
stop)
  dir=${2:?$usage}
  pid=$(cat "$dir/run/master.pid" 2>/dev/null) || exit 0
  children=$(cat "/proc/$pid/task/$pid/children" 2>/dev/null) || children=
  kill "$pid" $children 2>/dev/null || :
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
mkdir -p "$dir"/{run,log,users,spool,home/alice}
dir=$(cd "$dir" && pwd)
[ -d "$dir/program" ] || bash "$here/unpack.sh" "$dir/program" $packages
bash "$here/authority.sh" "$dir/tls"
chmod 600 "$dir/tls/key.pem"
owner=$(id -u) group=$(id -g)
[ "$owner" != 0 ] || owner=65534 group=65534
touch "$dir/home/alice/INBOX"
[ "$(id -u)" != 0 ] || chown -R "$owner:$group" "$dir/home" "$dir/spool"
printf 'alice:%s:%s:%s::%s/home/alice:%s/spool/alice\n' "$(openssl passwd -6 secret)" "$owner" "$group" "$dir" "$dir" >"$dir/users/rig.test"
cat >"$dir/imap4d.conf" <<CONF
virtdomain { passwd-dir $dir/users; };
auth { authentication generic:virtdomain; authorization virtdomain; };
login-disabled no;
logging { syslog no; };
mailbox { mail-spool "$dir/spool"; };
mode daemon;
foreground yes;
max-children 40;
tls { ssl-certificate-file $dir/tls/cert.pem; ssl-key-file $dir/tls/key.pem; };
server 127.0.0.1:$port { tls-mode ondemand; };
server 127.0.0.1:$((port + 1)) { tls-mode connection; };
${IMAP4D_EXTRA:-}
CONF
LD_LIBRARY_PATH=$dir/program/usr/lib/x86_64-linux-gnu "$dir/program/usr/sbin/imap4d" --config-file="$dir/imap4d.conf" </dev/null >"$dir/log/imap4d.log" 2>&1 &
echo $! >"$dir/run/master.pid"
for _ in $(seq 200); do
  if { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null; then
    IFS= read -r -t 2 line <&3 || line=
    exec 3>&-
    [[ $line == "* OK"* ]] && { echo "ready"; exit 0; }
  fi
  sleep 0.05
done
echo "imap4d gave no greeting in 10 s: $(cat "$dir/log/imap4d.log")" >&2
exit 1
