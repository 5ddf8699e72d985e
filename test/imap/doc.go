// Package imap holds the tests of mailboxes against real IMAP servers: Dovecot and
// Cyrus, which have to keep the same promises, over links that lose packets, with
// the real program killed meanwhile, and with setup in a terminal. The servers are
// those of test/rig; the tests run only where PARCELWATCH_RIG is set and say what
// they lack. PARCELWATCH_LONG makes the random ones 300 rounds and 2,000 mails.
package imap
