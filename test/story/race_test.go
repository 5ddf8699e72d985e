//go:build race

package story_test

// raced is set where the race detector slows the store down twentyfold: then
// one story is told for all, and the days of the crowd are left out.
const raced = true
