// Package mailwatch reads mail from IMAP servers and passes each mail to a handler, at
// least once and in UID order, without changing any flag. It must not know what a mail
// means.
//
// It keeps a checkpoint for each folder and notices a dead connection within 90
// seconds.
package mailwatch
