// Package setup discovers the servers of a mail address, guesses the country, asks
// questions on a terminal and edits a configuration file without disturbing the
// rest of it. It knows no command, logs in nowhere and sees no password but those
// it writes.
package setup
