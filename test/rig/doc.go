// Package rig starts real mail servers on loopback, everything in a folder of
// the caller's own: Dovecot, Cyrus and Postfix. It needs Debian's packages
// dovecot-imapd, dovecot-lmtpd, postfix and openssl, and root for Postfix; for
// Cyrus cyrus-common and sasl2-bin. The functions with a testing.TB are for
// tests, those with a context for programs.
package rig
