// Package imap tests mailboxes against real IMAP servers: Dovecot and Cyrus, which
// keep the same promises, over links that lose packets, and with setup in a
// terminal. The servers are those of test/rig; the tests run only where
// PARCELWATCH_RIG is set and name what is missing. PARCELWATCH_LONG makes the
// random test 300 rounds and 2,000 mails.
package imap
