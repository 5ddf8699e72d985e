// Package demo simulates the surroundings of the program: an IMAP server with an
// inbox, an SMTP server and carriers in their wire forms, all on loopback, with a clock
// that passes weeks in seconds. It must not know the program, which runs unchanged
// against these servers.
package demo
