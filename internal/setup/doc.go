// Package setup discovers the mail servers of an address, guesses the user's country,
// asks questions on a terminal and edits a configuration file, leaving the rest of it
// unchanged. It must not know commands or log in, and handles no passwords except those
// it writes.
package setup
