package mailwatch

import (
	"maps"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"

	"parcelwatch/store"
)

const (
	lookBack  = 10 * time.Minute // for mail that a server shows after others with higher UIDs
	lookAgain = 15 * time.Second // while the server counts more mail than it shows
	maxSeen   = 200
)

// late remembers the mail seen lately: a server may show a mail after others with higher
// UIDs, or count it before it shows it.
type late struct {
	validity uint32
	low      uint32          // mail up to here is not looked for any more
	seen     map[uint32]bool // mail above low that was read; true if it appeared late
	marks    []mark          // how far was read, oldest first
	count    int             // mails in the folder when everything was read; 0 if unknown
	short    time.Time       // since when the server counts more than it shows; zero if it does not
}

type mark struct {
	uid uint32
	at  time.Time
}

// reset starts at a UID without looking below it.
func (l *late) reset(validity, at uint32) {
	*l = late{validity: validity, low: at, seen: map[uint32]bool{}}
}

// resume continues from a checkpoint. What was read but perhaps not handled is not taken
// as seen.
func (l *late) resume(validity, at uint32) {
	if l.validity != validity || l.low == 0 || l.low > at {
		l.reset(validity, at)
	}
	maps.DeleteFunc(l.seen, func(uid uint32, below bool) bool { return below || uid > at })
	l.count, l.short = 0, time.Time{}
}

// move records that everything up to a UID was read, and stops looking for what is older
// than lookBack.
func (l *late) move(after uint32, now time.Time) {
	if n := len(l.marks); n == 0 || l.marks[n-1].uid < after {
		l.marks = append(l.marks, mark{after, now})
	}
	for len(l.marks) > 0 && (now.Sub(l.marks[0].at) > lookBack || len(l.seen) > maxSeen) {
		l.low = max(l.low, l.marks[0].uid)
		l.marks = l.marks[1:]
		maps.DeleteFunc(l.seen, func(uid uint32, _ bool) bool { return uid <= l.low })
	}
}

// unseen removes what was seen from a list.
func (l *late) unseen(uids []uint32) []uint32 {
	return slices.DeleteFunc(uids, func(uid uint32) bool {
		_, ok := l.seen[uid]
		return ok
	})
}

// read records mail that was read.
func (l *late) read(uids []uint32, after uint32) {
	for _, uid := range uids {
		l.seen[uid] = uid <= after
	}
}

// agrees compares the number of mails with what was read, and reports whether to look
// again soon.
func (l *late) agrees(count, gone, found int, now time.Time) bool {
	if l.count == 0 {
		l.count, l.short = count, time.Time{}
		return true
	}
	l.count += found - gone
	if count <= l.count {
		l.short = time.Time{}
		return true
	}
	if l.short.IsZero() {
		l.short = now
	}
	return false
}

// resume continues from a checkpoint and the mails that were withheld.
func (r *reader) resume(validity, at uint32, withheld []store.Withheld) {
	r.late.resume(validity, at)
	clear(r.waiting)
	for _, w := range withheld {
		r.waiting[w.UID] = w
	}
}

// arrived returns the UIDs that are new above after, or appeared late below it. FETCH shows
// what the server has; a SEARCH may be answered from an index that lags. It queries the
// server, because announcements are unreliable.
func (r *reader) arrived(s *session, after uint32) ([]uint32, error) {
	now := time.Now()
	r.late.move(after, now)
	within := above(r.late.low)
	if within.empty() {
		return nil, nil
	}
	gone, count := int(s.expunged.Swap(0)), s.messages()
	if r.late.count == 0 && !r.noSearch { // perhaps after a long absence: SEARCH takes less to list much mail
		uids, err := s.search(imap.SearchCriteria{}, within)
		if uids = r.late.unseen(uids); err == nil {
			r.late.agrees(count, gone, len(uids), now)
			return uids, nil
		}
		if !r.distrust(s, err, &r.noSearch) {
			return nil, err
		}
	}
	uids, err := s.uids(within.set(), within)
	if err != nil && !isRefusal(err) {
		return nil, s.failed("look for new mail", err)
	}
	uids = r.late.unseen(uids)
	hidden := count - (r.late.count - gone + len(uids))
	if err != nil || r.late.count > 0 && hidden > 0 {
		if uids, err = r.search(s, within, uids, err); err != nil {
			return nil, s.failed("look for new mail", err)
		}
	}
	if r.late.count > 0 && len(uids) < hidden {
		if uids, err = r.tail(s, within, uids, count, hidden); err != nil {
			return nil, err
		}
	}
	slices.Sort(uids)
	uids = slices.Compact(uids)
	if !r.late.agrees(count, gone, len(uids), now) && now.Sub(r.late.short) > lookBack {
		r.hides(count - r.late.count)
		r.late.count, r.late.short = count, time.Time{}
	}
	return uids, nil
}

// tail adds what FETCH shows at the end of the folder by sequence number.
func (r *reader) tail(s *session, within span, uids []uint32, count, hidden int) ([]uint32, error) {
	first := max(count-hidden-len(uids), 0) + 1
	shown, err := s.uids(imap.SeqSet{{Start: uint32(first), Stop: uint32(count)}}, within) //nolint:gosec // a count of mails has 32 bits
	if err != nil && !isRefusal(err) {
		return nil, s.failed("look for new mail", err)
	}
	return append(uids, r.late.unseen(shown)...), nil
}

// messages returns how many mails the server counts at the moment.
func (s *session) messages() int {
	if box := s.c.Mailbox(); box != nil { // nil if the connection has just ended
		return int(box.NumMessages)
	}
	return int(s.box.NumMessages)
}

// search adds what SEARCH finds to the UIDs that FETCH has shown. refused is the answer to
// FETCH.
func (r *reader) search(s *session, within span, uids []uint32, refused error) ([]uint32, error) {
	if r.noSearch {
		return uids, refused
	}
	found, err := s.search(imap.SearchCriteria{}, within)
	if isRefusal(err) {
		return uids, refused
	}
	return append(uids, r.late.unseen(found)...), err
}
