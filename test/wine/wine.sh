#!/usr/bin/env bash
# Windows programs on this machine: Wine 10 in a Debian 13 tree (Wine 8 of Debian 12 fails at Go's RemoveAll). Processes and mounts
# live in namespaces of their own and end with the session; the network is this machine's. Needs root and debootstrap.
#   wine.sh make BASE                   the tree with a fresh Windows in it, made once (about a minute and a half, 1.5 GB)
#   wine.sh start BASE DIR [FOLDER...]  a session whose drive C: is DIR/prefix/drive_c (copied from BASE where there is none). Each
#                                       FOLDER is seen inside at its own path, on drive Z:. Prints "ready"; ends with "stop"
#   wine.sh run DIR COMMAND...          runs a command inside, such as: wine sc query NAME. Its exit status is the command's
#   wine.sh stop DIR                    ends the session with everything in it
#   wine.sh build PACKAGE OUT.exe [GO BUILD FLAGS...]   a program whose services start under Wine, too
# go test: GOOS=windows CGO_ENABLED=0 go test -exec "test/wine/wine.sh run DIR wine" ./service
set -euo pipefail
usage="usage: wine.sh make BASE | start BASE DIR [FOLDER...] | run DIR COMMAND... | stop DIR | build PACKAGE OUT.exe"
verb=${1:?$usage}
inside=(env -i PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME=/root LANG=C.UTF-8 TZ="${TZ:-UTC}"
  XDG_RUNTIME_DIR=/run/wine WINEPREFIX=/wine WINEDEBUG="${WINEDEBUG:--all}")

# gone PID: it ended, reaped or not.
gone() { [ ! -e "/proc/$1/stat" ] || [ "$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null)" = Z ]; }

case $verb in
make)
  base=$(realpath -m "${2:?$usage}")
  [ -e "$base/.made" ] && exit 0
  rm -rf --one-file-system "$base"
  # This machine's own mirror serves the tree, too.
  mirror=$(apt-get indextargets --format '$(SITE)' 'Codename: bookworm' | sort -u | head -n 1)
  debootstrap --variant=minbase --include=wine,wine64,ca-certificates,tzdata trixie "$base" ${mirror:+"$mirror"} >"$base.log" 2>&1 ||
    { tail -n 3 "$base.log" >&2; exit 1; }
  rm -f "$base"/var/cache/apt/archives/*.deb
  mkdir -p "$base/wine" "$base/run/wine"
  chmod 700 "$base/run/wine"
  unshare --mount --pid --fork --kill-child bash -ec '
    mount -t proc proc "$1/proc"
    mount --bind /dev "$1/dev"
    chroot "$@" sh -c "timeout 120 wineboot -i; wineserver -w"
  ' bash "$base" "${inside[@]}" >>"$base.log" 2>&1 || true
  [ -s "$base/wine/system.reg" ] || { echo "wineboot made no Windows; see $base.log" >&2; exit 1; }
  touch "$base/.made"
  ;;
session) # the first process of the namespaces; for start
  base=$2 dir=$3
  shift 3
  mount -t proc proc "$base/proc"
  mount --bind /dev "$base/dev"
  mount --bind "$dir/prefix" "$base/wine"
  mount -t tmpfs -o mode=700 tmpfs "$base/run/wine"
  mount -t tmpfs tmpfs "$base/tmp"
  for folder in "$@"; do
    mkdir -p "$base$folder"
    mount --bind "$folder" "$base$folder"
  done
  # Services go on while a program of the person's runs: a shell that waits for ever.
  sleep infinity | chroot "$base" "${inside[@]}" wine cmd
  ;;
start)
  base=$(realpath "${2:?$usage}") dir=$(realpath -m "${3:?$usage}")
  shift 3
  mkdir -p "$dir"
  [ -d "$dir/prefix" ] || cp -a --reflink=auto "$base/wine" "$dir/prefix"
  echo "$base" >"$dir/base"
  setsid unshare --mount --pid --fork --kill-child "$0" session "$base" "$dir" "$@" </dev/null >"$dir/session.log" 2>&1 &
  outer=$!
  for _ in $(seq 300); do
    gone "$outer" && break
    tr -d ' ' <"/proc/$outer/task/$outer/children" >"$dir/pid" 2>/dev/null || true
    # The session itself must be first: what starts the services gets what they write.
    if [ -s "$dir/pid" ] && grep -aq 'Microsoft Windows' "$dir/session.log" &&
      "$0" run "$dir" timeout 30 wine sc query PlugPlay 2>/dev/null | grep -q RUNNING; then
      echo ready
      exit 0
    fi
    sleep 0.2
  done
  kill "$outer" 2>/dev/null || true
  echo "Wine did not come up: $(tail -n 3 "$dir/session.log" | tr '\n' ' ')" >&2
  exit 1
  ;;
run)
  dir=${2:?$usage} here=$PWD
  base=$(cat "$dir/base") pid=$(cat "$dir/pid")
  shift 2
  exec nsenter -t "$pid" -m -p chroot "$base" "${inside[@]}" sh -c 'cd "$1" 2>/dev/null || cd /; shift; exec "$@"' sh "$here" "$@"
  ;;
stop)
  dir=${2:?$usage}
  pid=$(cat "$dir/pid" 2>/dev/null) || exit 0
  # In order, or the registry of the last half minute is lost.
  "$0" run "$dir" sh -c 'timeout 20 wineboot -s -f; timeout 10 wineserver -k; timeout 10 wineserver -w' >/dev/null 2>&1 || true
  kill -KILL "$pid" 2>/dev/null || true # the first process: all others end with it
  for _ in $(seq 100); do gone "$pid" && break; sleep 0.05; done
  rm -f "$dir/pid"
  ;;
build)
  # Wine gives every process session 1, and golang.org/x/sys takes only a program started in session 0 for a service. The build
  # takes a copy of that module without this one condition; nothing else differs from the program that is shipped.
  package=${2:?$usage} out=$(realpath -m "${3:?$usage}")
  shift 3
  copy=$(mktemp -d)
  trap 'rm -rf "$copy"' EXIT
  root=$(dirname "$(go env GOMOD)")
  cp -r --no-preserve=mode "$(go list -f '{{.Dir}}' -m golang.org/x/sys)" "$copy/sys"
  grep -q 'parentProcess.SessionID == 0 && ' "$copy/sys/windows/svc/security.go" || { echo "golang.org/x/sys asks otherwise now" >&2; exit 1; }
  sed -i 's/parentProcess.SessionID == 0 && //' "$copy/sys/windows/svc/security.go"
  cp "$root/go.mod" "$root/go.sum" "$copy"
  go mod edit -replace "golang.org/x/sys=$copy/sys" "$copy/go.mod"
  GOOS=windows GOARCH=amd64 CGO_ENABLED=0 go build -modfile="$copy/go.mod" -trimpath -o "$out" "$@" "$package"
  ;;
*)
  echo "$usage" >&2
  exit 2
  ;;
esac
