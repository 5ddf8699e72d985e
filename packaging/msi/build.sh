#!/usr/bin/env bash
# build.sh PROGRAM.exe THIRD-PARTY.txt OUT.msi: the Windows installer, by wixl. The same program gives the same bytes.
set -euo pipefail
umask 022
usage="usage: build.sh PROGRAM.exe THIRD-PARTY.txt OUT.msi"
program=$(realpath "${1:?$usage}") licences=$(realpath "${2:?$usage}") out=$(realpath -m "${3:?$usage}")
root=$(cd "$(dirname "$0")/../.." && pwd)
version=${VERSION:-$("$root/packaging/version.sh")}
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-0}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# wixl takes files from the folder it works in only.
install -m 644 "$program" "$work/parcelwatch.exe"
install -m 644 "$licences" "$work/THIRD-PARTY.txt"
install -m 644 "$root/packaging/msi/parcelwatch.wxs" "$root/config/example.toml" "$root/LICENSE" "$work/"
find "$work" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
# guid TEXT: the same text, the same identifier.
guid() { sha256sum <<<"parcelwatch $1" | sed -E 's/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/\1-\2-\3-\4-\5/'; }
cd "$work"
wixl -a x64 -D "Version=${version%%-*}" -D "ProductCode=$(guid "product $version")" -o "$out" parcelwatch.wxs
# The old version goes first; wixl would remove it after the new one has started.
msibuild "$out" -q "UPDATE InstallExecuteSequence SET Sequence = 1501 WHERE Action = 'RemoveExistingProducts'"
# wixl knows no environment: the folder joins the path of commands (=- set and taken back, * for all users, [~];X at the end).
printf 'Environment\tName\tValue\tComponent_\r\ns72\tl255\tL255\ts72\r\nEnvironment\tEnvironment\r\nPath\t=-*PATH\t[~];[INSTALLDIR]\tProgram\r\n' >Environment.idt
msibuild "$out" -i Environment.idt
msibuild "$out" -q "INSERT INTO InstallExecuteSequence (Action, Sequence) VALUES ('RemoveEnvironmentStrings', 3300)"
msibuild "$out" -q "INSERT INTO InstallExecuteSequence (Action, Sequence) VALUES ('WriteEnvironmentStrings', 5200)"
(cd "$root" && go run ./packaging/msi/stamp "$out" "$SOURCE_DATE_EPOCH")
