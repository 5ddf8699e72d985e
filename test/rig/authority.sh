#!/usr/bin/env bash
# authority.sh DIR: an authority of its own in DIR (ca.pem) and what it signed, made once: cert.pem and key.pem for
# 127.0.0.1, localhost, imap.rig.test and smtp.rig.test; expired-cert.pem and expired-key.pem for expired.test.
set -euo pipefail
dir=${1:?usage: authority.sh DIR}
mkdir -p "$dir"
cd "$dir"
[ ! -s cert.pem ] || exit 0

# certificate NAME DAYS SUBJECT-ALTERNATIVE-NAMES
certificate() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$1-key.pem" -out "$1.csr"
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days "$2" -out "$1-cert.pem" \
    -extfile <(printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n' "$3")
}
{
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=rig authority" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign -keyout ca.key -out ca.pem
  certificate good 800 "IP:127.0.0.1,DNS:localhost,DNS:imap.rig.test,DNS:smtp.rig.test"
  certificate expired -1 "DNS:expired.test"
} >openssl.log 2>&1 || { cat openssl.log >&2; exit 1; }
mv good-key.pem key.pem
mv good-cert.pem cert.pem
chmod 644 ./*.pem
