// Package load puts the real daemon under more work than a person ever has:
// many mailboxes on a real Dovecot, many parcels in the store, thousands of mails
// within a minute, posts that take their time. Then it leaves the daemon alone
// and looks at what it does while there is nothing to do.
package load
