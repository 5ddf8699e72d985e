// Package imap holds the tests of mailwatch against real IMAP servers. They
// start a Dovecot of their own by test/rig/dovecot.sh and run only where
// PARCELWATCH_RIG is set.
package imap
