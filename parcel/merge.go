package parcel

import (
	"cmp"
	"slices"
	"time"
)

// How close two reports must be to count as the same scan.
const (
	sameScan     = 5 * time.Minute // posts round, and pass events on a little later
	sameDelivery = 12 * time.Hour  // a parcel is delivered once
	sameStep     = 48 * time.Hour  // mail is sent hours or days after the scan
	lookBack     = 64              // newest lines that are compared; bounds the work
)

// Merge folds the sources' timelines into one, oldest first. The result does not
// depend on the order of the sources, and merging it again changes nothing.
//
//   - Within a source, the source's order wins; between sources, the instant does.
//     A wall clock without a zone is read in the country's usual zone.
//   - A scan reported by two sources becomes one line with both in Sources.
//   - A mail step is folded into a carrier's line with the same meaning within two
//     days; otherwise it becomes a separate line.
func Merge(sources []Source) []Event {
	var m merger
	var mails []Event
	ordered := slices.Clone(sources)
	slices.SortStableFunc(ordered, compareSources)
	known := zones(ordered)
	var lists []*timeline
	events := 0
	for _, s := range ordered {
		switch {
		case len(s.Events) == 0:
		case s.Carrier == SourceMail:
			mails = append(mails, s.Events...)
		default:
			lists = append(lists, newTimeline(s, known))
			events = max(events, len(s.Events))
		}
	}
	m.last = slices.Repeat([]int{-1}, len(lists))
	m.lines = make([]line, 0, events)
	for {
		next := earliest(lists)
		if next < 0 {
			break
		}
		e, key := lists[next].take()
		m.place(next, e, key)
	}
	return withMail(m.live(), steps(mails))
}

// timeline is one carrier's list while it is being merged.
type timeline struct {
	carrier string
	events  []Event
	keys    []time.Time // instants in the source's order, never decreasing
}

func newTimeline(s Source, known map[reading]time.Duration) *timeline {
	return &timeline{carrier: s.Carrier, events: s.Events, keys: ascending(instants(s.Events, known))}
}

// take removes and returns the oldest event. Its Sources slice is a copy.
func (t *timeline) take() (Event, time.Time) {
	e, key := t.events[0], t.keys[0]
	t.events, t.keys = t.events[1:], t.keys[1:]
	return sourced(e, t.carrier), key
}

// earliest returns the index of the list whose next event comes first, or -1 if all
// are empty. At the same instant the earlier stage of the journey comes first.
func earliest(lists []*timeline) int {
	best := -1
	for i, t := range lists {
		if len(t.events) == 0 {
			continue
		}
		if best < 0 {
			best = i
			continue
		}
		order := t.keys[0].Compare(lists[best].keys[0])
		if order < 0 || order == 0 && stage(t.events[0].Status) < stage(lists[best].events[0].Status) {
			best = i
		}
	}
	return best
}

// line is one line of the merged timeline, with the lists it comes from.
type line struct {
	scan

	key     time.Time
	members []int
	moved   bool // was moved further down
}

// merger collects lines in their final order.
type merger struct {
	lines []line
	last  []int // by list: index of its newest event
}

// place adds the next event of a list to the line of the same scan, or as a new
// line if there is none.
func (m *merger) place(list int, e Event, key time.Time) {
	report := newScan(e)
	at := m.match(list, &report)
	if at < 0 {
		m.last[list] = len(m.lines)
		m.lines = append(m.lines, line{scan: report, key: key, members: []int{list}})
		return
	}
	l := &m.lines[at]
	if !slices.Contains(l.members, list) {
		l.members = append(l.members, list)
	}
	m.last[list] = at
	moves := m.movable(at, &report)
	l.scan = newScan(joined(l.Event, e, moves))
	if moves {
		// Only now is the instant known: move the line to its place.
		for _, member := range l.members {
			m.last[member] = len(m.lines)
		}
		l.moved = true
		m.lines = append(m.lines, line{scan: l.scan, key: key, members: l.members})
	}
}

// movable reports whether the line at an index may move further down, to where the
// event's time puts it: the event has the zone that the line lacks, and the line is
// the newest of all its lists, so moving it reorders none of them.
func (m *merger) movable(at int, e *scan) bool {
	l := &m.lines[at]
	if !e.ZoneKnown || l.ZoneKnown {
		return false
	}
	for _, list := range l.members {
		if m.last[list] != at {
			return false
		}
	}
	return true
}

// match returns the index of the line of the same scan, the nearest in time, or -1
// if there is none. It never reverses the order of a source, and joins two events
// of one source only if they are equal.
func (m *merger) match(list int, e *scan) int {
	best, bestGap := -1, int64(0)
	seen := 0
	for at := len(m.lines) - 1; at >= 0 && seen < lookBack; at-- {
		l := &m.lines[at]
		if l.moved {
			continue
		}
		seen++
		if at < m.last[list] && (l.ZoneKnown || !e.ZoneKnown) {
			continue // joining would reverse the order of the list
		}
		gap, ok := distance(&l.scan, e)
		if !ok || !m.allowed(at, list, e) {
			continue
		}
		if gap = 2 * gap; l.Text != e.Text {
			gap++ // of two equally near, prefer the one with the same text
		}
		if best < 0 || gap <= bestGap {
			best, bestGap = at, gap
		}
	}
	return best
}

// allowed reports whether the event of a list may join the line at an index.
func (m *merger) allowed(at, list int, e *scan) bool {
	if at == m.last[list] {
		return equal(m.lines[at].Event, e.Event)
	}
	return at > m.last[list] || m.movable(at, e)
}

func (m *merger) live() []line {
	return slices.DeleteFunc(m.lines, func(l line) bool { return l.moved })
}

// ascending returns the times corrected so that they never decrease. A source's
// order wins over its times: the longest run of events whose times agree with the
// order keeps them, the others (a wrong year, a wrong zone) get the times of their
// neighbours.
func ascending(times []time.Time) []time.Time {
	tails := make([]int, 0, len(times)) // by length: the run's end with the least time
	before := make([]int, len(times))
	for i, t := range times {
		n, _ := slices.BinarySearchFunc(tails, t, func(tail int, t time.Time) int {
			if times[tail].After(t) {
				return 1
			}
			return -1
		})
		before[i] = -1
		if n > 0 {
			before[i] = tails[n-1]
		}
		if n == len(tails) {
			tails = append(tails, i)
		} else {
			tails[n] = i
		}
	}
	agrees := make([]bool, len(times))
	first := -1
	if len(tails) > 0 {
		for i := tails[len(tails)-1]; i >= 0; i = before[i] {
			agrees[i], first = true, i
		}
	}
	for i := range times {
		switch {
		case agrees[i]:
		case i < first:
			times[i] = times[first]
		default:
			times[i] = times[i-1]
		}
	}
	return times
}

// withMail folds the mail's steps into the carriers' lines.
func withMail(lines []line, mails []scan) []Event {
	alone := mails[:0:0]
	for _, e := range mails {
		if at := sameStepAt(lines, &e); at >= 0 {
			lines[at].Sources = union(lines[at].Sources, e.Sources)
			continue
		}
		alone = append(alone, e)
	}
	var merged []Event
	for _, l := range lines {
		for len(alone) > 0 && alone[0].at < l.key.Unix() {
			merged, alone = append(merged, alone[0].Event), alone[1:]
		}
		merged = append(merged, l.Event)
	}
	for _, e := range alone {
		merged = append(merged, e.Event)
	}
	return distinct(merged)
}

// distinct joins neighbours that are equal, as two lines can be after each was
// completed.
func distinct(events []Event) []Event {
	kept := events[:0]
	for _, e := range events {
		if last := len(kept) - 1; last >= 0 && equal(kept[last], e) {
			kept[last].Sources = union(kept[last].Sources, e.Sources)
			kept[last].Unproven = kept[last].Unproven && e.Unproven
			continue
		}
		kept = append(kept, e)
	}
	return kept
}

// sameStepAt returns the index of the carriers' line with the same meaning as a mail
// step, the nearest in time, or -1 if there is none.
func sameStepAt(lines []line, e *scan) int {
	best, bestGap := -1, seconds(sameStep)
	if e.Status == Info {
		return best
	}
	for at := range lines {
		gap := gapOf(lines[at].at, e.at)
		if lines[at].Status == e.Status && (gap < bestGap || best < 0 && gap == bestGap) {
			best, bestGap = at, gap
		}
	}
	return best
}

// steps returns the mail's steps in order without repetitions: the shop sends the
// same one for every order of a parcel.
func steps(mails []Event) []scan {
	ordered := make([]scan, len(mails))
	for i, e := range mails {
		ordered[i] = newScan(sourced(e, SourceMail))
	}
	slices.SortStableFunc(ordered, func(a, b scan) int {
		return cmp.Or(a.instant().Compare(b.instant()), compareEvents(a.Event, b.Event))
	})
	kept := ordered[:0]
	for _, e := range ordered {
		recent := kept[max(0, len(kept)-lookBack):]
		at := slices.IndexFunc(recent, func(k scan) bool {
			return k.Status == e.Status && k.Code == e.Code && k.Text == e.Text && e.at-k.at <= seconds(sameStep)
		})
		if at < 0 {
			kept = append(kept, e)
			continue
		}
		recent[at].Sources = union(recent[at].Sources, e.Sources)
		recent[at].Unproven = recent[at].Unproven && e.Unproven
	}
	return kept
}
