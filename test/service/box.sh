#!/usr/bin/env bash
# A Debian with its own systemd as PID 1, in a container of systemd-nspawn that shares the network. Needs root and the
# packages debootstrap and systemd-container.
#   box.sh make BASE [INIT]   a small Debian tree in BASE, made once (about a minute); INIT systemd (default), openrc or sysv
#   box.sh start ROOT NAME    boots ROOT, which keeps what is written; prints "ready" once systemd is up
#   box.sh run NAME COMMAND.. runs COMMAND as root inside; its exit status is the command's
#   box.sh stop NAME          an orderly shutdown
set -euo pipefail
usage="usage: box.sh make BASE [INIT] | start ROOT NAME | run NAME COMMAND... | stop NAME"
verb=${1:?$usage}

# gone PID: it ended, reaped or not.
gone() { [ ! -e "/proc/$1/stat" ] || [ "$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null)" = Z ]; }

# inside PID COMMAND...
inside() {
  local leader=$1
  shift
  nsenter -t "$leader" -m -u -i -n -p -C -r -w -- \
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb LANG=C.UTF-8 "$@"
}

case $verb in
make)
  base=${2:?$usage}
  case ${3:-systemd} in
  systemd) with=systemd,systemd-sysv,dbus,procps,libpam-systemd,dbus-user-session,rpm without= ;;
  openrc) with=sysv+openrc ;;
  sysv) with=sysvinit-core,sysv-rc,initscripts,procps,insserv without=systemd,systemd-sysv ;;
  *) echo "$usage" >&2; exit 2 ;;
  esac
  [ "$(cat "$base/.made" 2>/dev/null)" = "$with" ] && exit 0
  rm -rf "$base"
  if [ "$with" = sysv+openrc ]; then # debootstrap cannot put one in place of the other
    "$0" make "${base%-*}-sysv" sysv
    cp -a "${base%-*}-sysv" "$base"
    rm "$base/.made"
    cp -L /etc/resolv.conf "$base/etc/resolv.conf"
    chroot "$base" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive \
      sh -c 'apt-get update -q && apt-get install -qy --no-install-recommends openrc' >"$base.log" 2>&1 ||
      { tail -n 3 "$base.log" >&2; exit 1; }
    rm -rf "$base"/etc/resolv.conf "$base"/var/cache/apt/archives/*.deb
    echo "$with" >"$base/.made"
    exit 0
  fi
  # This machine's own mirror serves the tree, too.
  mirror=$(apt-get indextargets --format '$(SITE)' 'Codename: bookworm' | sort -u | head -n 1)
  debootstrap --variant=minbase --include="$with" ${without:+--exclude="$without"} bookworm "$base" ${mirror:+"$mirror"} >"$base.log" 2>&1 ||
    { tail -n 3 "$base.log" >&2; exit 1; }
  rm -f "$base"/etc/resolv.conf "$base"/var/cache/apt/archives/*.deb
  echo "$with" >"$base/.made"
  ;;
start)
  root=${2:?$usage} name=${3:?$usage}
  setsid systemd-nspawn --boot --directory="$root" --machine="$name" --register=no --keep-unit --link-journal=no --console=pipe \
    </dev/null >"$root.console" 2>&1 &
  nspawn=$!
  for _ in $(seq 600); do
    gone "$nspawn" && break
    leader=$(tr -d ' ' <"/proc/$nspawn/task/$nspawn/children" 2>/dev/null || true)
    if [ -n "$leader" ]; then
      # systemd says how it is, OpenRC and SysV name the level they reached.
      case $(inside "$leader" timeout 5 sh -c 'if [ -d /run/systemd/system ]; then systemctl is-system-running
        elif command -v rc-status >/dev/null; then rc-status -r; else runlevel; fi' 2>/dev/null || true) in
      running | degraded | default | *\ 2)
        echo "$leader" >"/run/$name.leader"
        echo ready
        exit 0
        ;;
      esac
    fi
    sleep 0.1
  done
  kill "$nspawn" 2>/dev/null || true
  echo "the container did not come up: $(tail -n 3 "$root.console" | tr '\n' ' ')" >&2
  exit 1
  ;;
run)
  name=${2:?$usage}
  shift 2
  inside "$(cat "/run/$name.leader")" "$@"
  ;;
stop)
  name=${2:?$usage}
  leader=$(cat "/run/$name.leader" 2>/dev/null) || exit 0
  rm -f "/run/$name.leader"
  if [ "$(cat "/proc/$leader/comm" 2>/dev/null)" = systemd ]; then
    kill -RTMIN+4 "$leader" # its signal to power off
  else
    inside "$leader" timeout 20 init 0 >/dev/null 2>&1 || true
  fi
  for _ in $(seq 300); do gone "$leader" && exit 0; sleep 0.1; done
  kill -KILL "$leader"
  ;;
*)
  echo "$usage" >&2
  exit 2
  ;;
esac
