// Package mailwatch reads mail from IMAP servers and hands each one to a
// handler at least once, in UID order, without touching a flag. It keeps its
// place per folder, notices dead connections within 90 seconds, and knows only
// mail: what a mail means is not its business.
package mailwatch
