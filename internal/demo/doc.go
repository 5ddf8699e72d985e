// Package demo is a small world to show the program in: an IMAP server with an
// inbox, an SMTP server, and posts that answer in their own wire forms, all on
// loopback, with a clock that makes weeks pass in seconds. The program that runs
// in it is the real one; only the ends are local.
package demo
