// Package mailwatch reads mail from IMAP servers and hands each one to a handler,
// at least once and in UID order, without changing any flag. It does not know
// what a mail means.
//
// It keeps a checkpoint for each folder and notices a dead connection within 90
// seconds.
package mailwatch
