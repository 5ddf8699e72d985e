#!/usr/bin/env bash
# courier.sh prepare | start DIR PORT | stop DIR: a real Courier on 127.0.0.1, everything under DIR, root or not.
#   PORT    IMAP without TLS   PORT+1  IMAP over TLS
# User alice, password secret; folders are separated by ".", below INBOX. Courier's own login needs a daemon in /run, so
# "login" below takes its place and hands over to Courier's server. There is no FAM: Courier says so in an ALERT and looks
# for new mail every two seconds of IDLE. COURIER_EXTRA are variables for the server.
# prepare says why it cannot run here and ends with 77. start prints "ready" once it answers.
set -euo pipefail
usage="usage: courier.sh prepare | start DIR PORT | stop DIR"
verb=${1:?$usage}
here=$(cd "$(dirname "$0")" && pwd)
packages="courier-imap courier-base courier-authlib libcourier-unicode4 libidn12 libgamin0"

gone() { [ ! -e "/proc/$1/stat" ] || [ "$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null)" = Z ]; }

case $verb in
prepare)
  exec bash "$here/unpack.sh" - $packages
  ;;
stop)
  dir=${2:?$usage}
  for name in imap imaps; do
    pid=$(cat "$dir/run/$name.pid" 2>/dev/null) || continue
    children=$(cat "/proc/$pid/task/$pid/children" 2>/dev/null) || children=
    kill "$pid" $children 2>/dev/null || :
    for _ in $(seq 100); do ! gone "$pid" || break; sleep 0.05; done
    rm -f "$dir/run/$name.pid"
  done
  exit 0
  ;;
start) ;;
*)
  echo "$usage" >&2
  exit 2
  ;;
esac

dir=${2:?$usage} port=${3:?$usage}
mkdir -p "$dir"/{run,log}
dir=$(cd "$dir" && pwd)
[ -d "$dir/program" ] || bash "$here/unpack.sh" "$dir/program" $packages
bash "$here/authority.sh" "$dir/tls"
(umask 077 && cat "$dir/tls/key.pem" "$dir/tls/cert.pem" >"$dir/tls/both.pem")
bin=$dir/program/usr/bin
export LD_LIBRARY_PATH=$dir/program/usr/lib/x86_64-linux-gnu:$dir/program/usr/lib
[ -d "$dir/Maildir" ] || "$bin/maildirmake.courier" "$dir/Maildir"
cat >"$dir/login" <<LOGIN
#!/usr/bin/env bash
printf '* OK Courier-IMAP ready\r\n'
while IFS= read -r line; do
  line=\${line%\$'\r'} tag=\${line%% *} command=\${line#* }
  case \${command^^} in
  CAPABILITY) printf '* CAPABILITY %s\r\n%s OK done\r\n' "\$IMAP_CAPABILITY" "\$tag" ;;
  LOGIN*ALICE*SECRET*) IMAPLOGINTAG=\$tag AUTHENTICATED=alice exec "$bin/imapd" "$dir/Maildir" ;;
  LOGOUT) printf '* BYE\r\n%s OK done\r\n' "\$tag"; exit ;;
  *) printf '%s NO Login failed.\r\n' "\$tag" ;;
  esac
done
LOGIN
chmod 755 "$dir/login"
serve() {
  local name=$1
  shift
  env -i PATH="$PATH" LD_LIBRARY_PATH="$LD_LIBRARY_PATH" HOME="$dir" MAILDIRPATH=Maildir IMAP_IDLE_TIMEOUT=2 IMAP_USELOCKS=1 \
    IMAP_CAPABILITY="IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT SORT QUOTA IDLE" \
    TLS_CERTFILE="$dir/tls/both.pem" TLS_PROTOCOL=TLSv1.2+ TLS_VERIFYPEER=NONE ${COURIER_EXTRA:-} \
    "$dir/program/usr/sbin/couriertcpd" -address=127.0.0.1 -nodnslookup -noidentlookup -maxprocs=40 -maxperip=40 \
    -pid="$dir/run/$name.pid" "$@" </dev/null >"$dir/log/$name.log" 2>&1 &
}
serve imap "$port" "$dir/login"
serve imaps "$((port + 1))" "$bin/couriertls" -server -tcpd "$dir/login"
for _ in $(seq 200); do
  if { exec 3<>"/dev/tcp/127.0.0.1/$port" && exec 4<>"/dev/tcp/127.0.0.1/$((port + 1))"; } 2>/dev/null; then
    exec 3>&- 4>&-
    echo "ready"
    exit 0
  fi
  sleep 0.05
done
echo "courier does not answer: $(cat "$dir"/log/*.log)" >&2
exit 1
