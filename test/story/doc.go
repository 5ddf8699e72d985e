// Package story tells whole journeys: mails go in, posts answer in their own
// wire forms as weeks pass, and digests come out, with everything between wired
// as the program does it.
package story
