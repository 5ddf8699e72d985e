package mailwatch

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"

	"parcelwatch/mailwatch/internal/wire"
)

// manyNew is the number of new mails above which a SEARCH by sender is cheaper than
// reading all headers.
const manyNew = 1000

// listBudget is for the UIDs of a stretch of mails, one response each.
const listBudget = 32 << 20

// candidates returns the mails of a span that may be from the senders and arrived within
// the given time. It may return too many; the headers decide.
func (r *reader) candidates(ctx context.Context, s *session, within span, since time.Duration) ([]uint32, error) {
	last := s.box.NumMessages
	if last == 0 || within.empty() {
		return nil, nil
	}
	r.sinceDate, r.chosen = time.Time{}, false
	for _, kind := range []struct {
		useless *bool
		search  func() ([]uint32, error)
	}{
		{&r.noFrom, func() ([]uint32, error) { return r.searchFrom(ctx, s, bySequence(int(last), sinceDay(since)), within) }},
		{&r.noSearch, func() ([]uint32, error) { return r.recent(s, within, since) }},
	} {
		if *kind.useless {
			continue
		}
		found, err := patiently(ctx, kind.search)
		var sample []head
		if err == nil {
			newest := imap.SeqSet{{Start: last - min(last-1, sampleSize-1), Stop: last}}
			sample, err = r.verify(s, newest, found, within, since)
		}
		if err == nil && kind.useless == &r.noFrom {
			err = r.choose(s, found, sample, since)
		}
		if err == nil || !r.distrust(s, err, kind.useless) {
			return found, err
		}
	}
	r.sinceDate = oldest(since)
	return r.enumerate(ctx, s, within)
}

// patiently repeats a search that the server refuses for the moment: reading the headers
// instead is expensive.
func patiently(ctx context.Context, search func() ([]uint32, error)) ([]uint32, error) {
	found, err := search()
	for range searchTries - 1 {
		if no, ok := refusedWith(err); !ok || !temporary(no) {
			break
		}
		if err := pause(ctx, searchPause); err != nil {
			return nil, err
		}
		found, err = search()
	}
	return found, err
}

// distrust reports whether to continue without a kind of SEARCH, and marks it as useless
// on this server unless the refusal may be temporary. A SEARCH that ends the connection
// is marked the second time.
func (r *reader) distrust(s *session, err error, useless *bool) bool {
	var refusal *imap.Error
	switch {
	case errors.As(err, &refusal):
		*useless = !temporary(refusal)
	case errors.Is(err, errUntrusted):
		*useless = true
	default:
		if r.searchFails++; r.searchFails >= 2 {
			r.searchFails, *useless = 0, true
		}
		return false // this connection is closed
	}
	return s.alive()
}

// choose decides whether the bodies of the mails found can be read without their headers:
// some servers ignore the criteria of a SEARCH and return every mail. If the time is
// ignored as well, the date in the header decides. known are headers read already.
func (r *reader) choose(s *session, found []uint32, known []head, since time.Duration) error {
	if r.account.Senders.All() || len(found) == 0 {
		return nil
	}
	known = slices.DeleteFunc(known, func(h head) bool {
		_, ok := slices.BinarySearch(found, h.uid)
		return !ok
	})
	rest := slices.DeleteFunc(sample(found, sampleSize), func(uid uint32) bool {
		return slices.ContainsFunc(known, func(h head) bool { return h.uid == uid })
	})
	more, err := s.fetchUIDs(rest, r.headSection(), sampleSize*headBytes+slackBytes)
	if err != nil {
		if isRefusal(err) {
			return nil // the headers are read before the bodies
		}
		return err
	}
	for _, f := range more {
		known = append(known, f.head)
	}
	r.chosen = len(known) > 0
	var old uint32
	for _, h := range known {
		r.chosen = r.chosen && h.wanted
		if since > 0 && !h.date.IsZero() && h.date.Before(oldest(since)) {
			old = h.uid
		}
	}
	if old == 0 {
		return nil
	}
	// A mail may have arrived long after its date. A server that also returns it for a time
	// in the future ignores the time.
	future, err := s.search(imap.SearchCriteria{Since: time.Now().Add(30 * day)}, span{old, old})
	if isRefusal(err) {
		return nil
	}
	if len(future) > 0 {
		r.chosen, r.sinceDate = false, oldest(since)
	}
	return err
}

// sample returns at most n elements of a list at equal distances, the first included.
func sample(list []uint32, n int) []uint32 {
	if len(list) <= n {
		return slices.Clone(list)
	}
	out := make([]uint32, 0, n)
	for i := range n {
		out = append(out, list[i*len(list)/n])
	}
	return out
}

// oldest returns the time before which mail is ignored by the date in its header. It is
// two days early, because that date need not be exact.
func oldest(since time.Duration) time.Time { return time.Now().Add(-since - 2*day) }

// searchFrom searches for mails of the senders, one stretch of the mailbox at a time,
// because a search of headers may open every mail and must end within the limit of one
// command. The stretches grow while the server is fast.
func (r *reader) searchFrom(ctx context.Context, s *session, w walk, within span) ([]uint32, error) {
	var found []uint32
	for length := firstStretch; w.left > 0; {
		stretch := w.next(length)
		start := time.Now()
		for _, criteria := range fromCriteria(r.account.Senders.Keys()) {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			criteria.And(&stretch)
			uids, err := s.search(criteria, within)
			if err != nil {
				return nil, err
			}
			found = append(found, uids...)
		}
		if time.Since(start) < quickSearch {
			length *= stretchGrowth
		}
		r.progress(Progress{Stage: StageSearching, Done: w.total - w.left, Total: w.total})
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// recent returns the mails that arrived within the given time.
func (r *reader) recent(s *session, within span, since time.Duration) ([]uint32, error) {
	return s.search(imap.SearchCriteria{Since: sinceDay(since)}, within)
}

// verify compares the search with the newest headers, which it returns: servers implement
// SEARCH differently, and one that finds nothing looks like an empty mailbox.
func (r *reader) verify(s *session, newest imap.NumSet, found []uint32, within span, since time.Duration) ([]head, error) {
	if r.account.Senders.All() {
		return nil, nil
	}
	sample, err := s.fetch(newest, r.headSection(), sampleSize*headBytes+slackBytes)
	if err != nil {
		if isRefusal(err) {
			return nil, nil // the search is used unverified
		}
		return nil, err
	}
	sure := time.Now().Add(-since + 2*day)
	heads := make([]head, 0, len(sample))
	for _, f := range sample {
		heads = append(heads, f.head)
		recent := since <= 0 || f.date.After(sure)
		inside := f.uid >= within.first && f.uid <= within.last
		if _, ok := slices.BinarySearch(found, f.uid); !ok && recent && inside && f.found {
			return nil, fmt.Errorf("search: %w: it misses mail %d", errUntrusted, f.uid)
		}
	}
	return heads, nil
}

// enumerate returns the UIDs of a span without SEARCH, by walking sequence numbers.
func (r *reader) enumerate(ctx context.Context, s *session, within span) ([]uint32, error) {
	const step = 5000
	var found []uint32
	total := s.box.NumMessages
	for first := uint32(1); first <= total; first += step {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		got, err := s.uids(imap.SeqSet{{Start: first, Stop: min(first+step-1, total)}}, within)
		if err != nil {
			return nil, s.failed("list mail", err)
		}
		found = append(found, got...)
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// uids returns the UIDs of a set of mails that are within a span.
func (s *session) uids(set imap.NumSet, within span) ([]uint32, error) {
	s.g.step(answerLimit, batchLimit, listBudget)
	s.g.mender.Expect(wire.UID)
	cmd := s.c.Fetch(set, &imap.FetchOptions{UID: true})
	var out []uint32
	for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
		f, err := s.take(msg, nil, smallBudget)
		if err != nil {
			break // Close returns the error
		}
		if f.uid >= within.first && f.uid <= within.last && len(out) < maxFound {
			out = append(out, f.uid)
		}
	}
	return out, cmd.Close()
}

// newest returns the highest UID in use; new mail gets a higher one. UIDNEXT is not
// used, because a wrong one would hide all future mail.
func (s *session) newest() (uint32, error) {
	if s.box.NumMessages == 0 {
		return 0, nil
	}
	got, err := s.uids(imap.SeqSetNum(s.box.NumMessages), above(0))
	if err != nil {
		return 0, s.failed("find the newest mail", err)
	}
	var uid uint32
	if len(got) > 0 {
		uid = slices.Max(got)
	}
	if uid == 0 && s.box.UIDNext > 0 { // the mail was just deleted
		uid = uint32(s.box.UIDNext) - 1
	}
	return uid, nil
}

// firstScan reads the existing mail above a UID, in UID order, so that an interrupted
// scan can continue.
func (r *reader) firstScan(ctx context.Context, s *session, after uint32) (uint32, error) {
	end, err := s.newest()
	if err != nil {
		return after, err
	}
	found, err := r.candidates(ctx, s, span{min(after, math.MaxUint32-1) + 1, end}, r.account.Since)
	if err != nil {
		return after, err
	}
	end = max(end, after)
	return end, r.read(ctx, s, found, batch{upTo: end, scanned: true})
}

// poll reads the mail above a UID and mails that were withheld, and returns the UID up
// to which it has read.
func (r *reader) poll(ctx context.Context, s *session, after uint32) (uint32, error) {
	after, err := r.readNew(ctx, s, after)
	if err != nil {
		return after, err
	}
	return after, r.askWithheld(ctx, s)
}

// readNew reads the mail above a UID and returns the UID up to which it has read.
func (r *reader) readNew(ctx context.Context, s *session, after uint32) (uint32, error) {
	r.sinceDate, r.chosen = time.Time{}, false
	uids, err := r.arrived(s, after)
	if err != nil || len(uids) == 0 {
		return after, err
	}
	if len(uids) > manyNew && !r.noFrom {
		within := span{uids[0], uids[len(uids)-1]}
		found, err := r.searchFrom(ctx, s, byUID(uids), within)
		var sample []head
		if err == nil {
			sample, err = r.verify(s, newestOf(uids), found, within, 0)
		}
		if err == nil {
			err = r.choose(s, found, sample, 0)
		}
		switch {
		case err == nil:
			uids = slices.Compact(append(found, within.last)) // the last UID marks the end
		case !r.distrust(s, err, &r.noFrom):
			return after, err
		}
	}
	if err = r.read(ctx, s, uids, batch{}); err != nil {
		return max(after, r.reached), err
	}
	if r.late.read(r.there, after); r.chosen || len(r.there) > maxSeen {
		r.late.reset(s.box.UIDValidity, max(after, r.reached)) // too many to remember
	}
	return max(after, r.reached), nil
}

// sinceDay returns the day for SEARCH SINCE. It is one day early, because servers compare
// the day of arrival without its zone.
func sinceDay(since time.Duration) time.Time { return time.Now().Add(-since - day) }

func newestOf(uids []uint32) imap.UIDSet {
	var set imap.UIDSet
	for _, uid := range uids[max(0, len(uids)-sampleSize):] {
		set.AddNum(imap.UID(uid))
	}
	return set
}
