// Package story tells whole journeys: mails go in, posts answer in their own
// wire forms as weeks pass, and digests come out, with everything between wired
// as the program does it.
//
// A new story is one short test that calls tell with a life: the mails of the
// shop, the scans of the posts, and what happens to the program (install,
// restart, rename, suspend, off), each with the day and the clock of its place.
// Every digest is compared with testdata/NAME.en.txt and testdata/NAME.ru.txt:
//
//	nice go test ./test/story -run TestOfTheStory -update
//
// writes both, to be read before they are kept. All stories run at once in
// bubbles of time; one day costs about a fifth of a second, so a story begins
// shortly before what it is about. Mails of a parcel that was sent weeks ago
// come first, then install.
package story
