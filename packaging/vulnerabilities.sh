#!/usr/bin/env bash
# Fails if the program calls code with a known vulnerability, when built with the Go that go.mod names as its toolchain.
# GOVULNDB is the database: https://vuln.go.dev, which is the default, file:///path/to/copy (https://vuln.go.dev/vulndb.zip,
# unpacked), or "module": the database of the day below, from the Go team's own module, so that the result depends on the commit
# alone. Where no database or no such Go can be had it says so and succeeds, unless VULNDB=required: no answer is no
# finding, but a release needs one.
set -euo pipefail
cd "$(dirname "$0")/.."
version=v1.9.0
database=v0.0.0-20261105234957-e22db6528018 # of golang.org/x/vulndb

skip() {
  echo "not checked for known vulnerabilities: $*"
  [ "${VULNDB:-}" != required ] || exit 1
  exit 0
}

GOTOOLCHAIN=$(awk '$1 == "toolchain" {print $2}' go.mod)
export GOTOOLCHAIN
go version >/dev/null 2>&1 || skip "$GOTOOLCHAIN cannot be had"

db=${GOVULNDB:-https://vuln.go.dev}
case $db in
module)
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  dir=$(cd "$work" && go mod download -json "golang.org/x/vulndb@$database" 2>/dev/null | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
  [ -n "$dir" ] || skip "golang.org/x/vulndb@$database cannot be had"
  go run "golang.org/x/vulndb/cmd/indexdb@$database" -vulns "$dir/data/osv" -out "$work/db" || skip "its index cannot be made"
  db=file://$work/db
  ;;
file://*) [ -f "${db#file://}/index/modules.json" ] || skip "there is no copy of the database at $db" ;;
*) curl -fsS --max-time 15 -o /dev/null "$db/index/db.json" || skip "$db cannot be reached; set GOVULNDB=file:///PATH to a copy, or GOVULNDB=module" ;;
esac
go run "golang.org/x/vuln/cmd/govulncheck@$version" -db "$db" ./cmd/daemon
