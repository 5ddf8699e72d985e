//go:build linux

// Package outside measures the built program as its user sees it: from its start to the
// last row in the store, its memory, its writes to the disk and the time of its commands.
// It measures a second program, such as an older build, in the same rounds. It must not
// know how the program works inside, only the tables of its store.
package outside
