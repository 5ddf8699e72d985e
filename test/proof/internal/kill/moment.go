//go:build linux

package kill

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"parcelwatch/test/rig"
)

// moment is when the daemon is killed.
type moment struct {
	name  string
	share int      // of 100 kills
	line  []string // just after this log line; none for any time
	taken bool     // when the mail server has taken a mail and has not said so yet
	// mailing moments come only where a digest is due.
	mailing bool
}

func moments() []moment {
	return []moment{
		{name: "at any time", share: 32},
		{name: "a mail was recorded, with the checkpoint of its folder", share: 20, line: []string{`msg="mail recorded"`}},
		{name: "a post has answered, nothing is recorded yet", share: 12, line: []string{`msg="carrier asked"`}},
		{name: "the answer was recorded", share: 12, line: []string{`msg="answers recorded"`, "answers=1"}},
		{name: "a digest was put into the outbox", share: 8, line: []string{`msg="digest made"`}, mailing: true},
		{name: "the mail server has taken a digest and has not said so", share: 8, taken: true, mailing: true},
		{name: "the mail server has said so, the mark is not made", share: 8, line: []string{`msg="digest sent"`}, mailing: true},
	}
}

// Waits for a moment that does not come; the kill then counts as one at any
// time.
const (
	longestLife = 1500 * time.Millisecond
	patience    = 7 * time.Second
	// patienceMailing covers two looks of the notifier, which waits for the first round of asking.
	patienceMailing = 15 * time.Second
)

// reach waits for a moment of the daemon's life. It reports whether it came.
func (m moment) reach(ctx context.Context, w *world, from int) (bool, error) {
	if m.line == nil && !m.taken {
		return true, rig.Pause(ctx, rand.N(longestLife))
	}
	limit := patience
	if m.mailing {
		limit = patienceMailing
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var err error
	if m.taken {
		err = w.awaitTaken(limited)
	} else {
		_, err = w.daemon.Journal.Await(limited, from, m.line...)
	}
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return false, nil
	}
	if err == nil && rand.N(2) == 0 {
		// Half of them at once, half of them a moment into what comes next.
		err = rig.Pause(ctx, rand.N(4*time.Millisecond))
	}
	return true, err
}

// quota is how many kills of each moment are left.
type quota struct {
	left []int
	done []int
	all  []moment
}

func newQuota(kills int) *quota {
	q := &quota{all: moments()}
	rest := kills
	for i, m := range q.all {
		n := max(1, kills*m.share/100)
		if i == len(q.all)-1 {
			n = rest
		}
		rest -= n
		q.left, q.done = append(q.left, n), append(q.done, 0)
	}
	return q
}

// next is the moment to wait for now; mailing says that digests are due.
func (q *quota) next(mailing bool) int {
	for _, want := range []bool{mailing, !mailing} {
		var some []int
		for i, m := range q.all {
			if m.mailing != want {
				continue
			}
			for range q.left[i] {
				some = append(some, i)
			}
		}
		if len(some) > 0 {
			return some[rand.N(len(some))]
		}
	}
	return 0
}

// count books a kill. A moment that did not come is still to be tried.
func (q *quota) count(i int, came bool) {
	if !came {
		i = 0
	}
	q.done[i]++
	if q.left[i] > 0 {
		q.left[i]--
	}
}

// missed are the moments that have not come.
func (q *quota) missed() (names []string) {
	for i, m := range q.all {
		if q.done[i] == 0 {
			names = append(names, m.name)
		}
	}
	return names
}
