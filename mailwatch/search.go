package mailwatch

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
)

const (
	day          = 24 * time.Hour
	windowLength = 30 * day
	maxWindows   = 24
	maxFound     = 1_000_000 // mails of one search; more is nonsense or needs another program
	sampleSize   = 100
	orLimit      = 16 // senders of one search command
)

// errUntrusted means that a search's answer cannot be believed.
var errUntrusted = errors.New("the answer to SEARCH makes no sense")

// span is a stretch of UIDs, both ends included.
type span struct{ first, last uint32 }

// everything above uid.
func above(uid uint32) span {
	if uid == math.MaxUint32 {
		return span{1, 0}
	}
	return span{uid + 1, math.MaxUint32}
}

func (p span) empty() bool { return p.first > p.last }

func (p span) set() imap.UIDSet {
	last := imap.UID(p.last)
	if p.last == math.MaxUint32 {
		last = 0 // "*"
	}
	return imap.UIDSet{{Start: imap.UID(p.first), Stop: last}}
}

// window is a stretch of days for one SEARCH; a zero before has no end.
type window struct{ since, before time.Time }

// windows cuts the time from since until now into pieces that a server can
// search within a command's time, newest first. The days overlap by one on each
// side: servers compare the day of arrival without its zone.
func windows(now time.Time, since time.Duration) []window {
	length := max(windowLength, since/maxWindows+1)
	oldest := now.Add(-since)
	var out []window
	before := time.Time{}
	for end := now; end.After(oldest); end = end.Add(-length) {
		start := end.Add(-length)
		if start.Before(oldest) {
			start = oldest
		}
		out = append(out, window{since: start.Add(-day), before: before})
		before = start.Add(day)
	}
	return out
}

// fromCriteria are the SEARCH keys for the senders, in commands of bounded
// length. No senders mean one command without such a key.
func fromCriteria(senders []string) []imap.SearchCriteria {
	if len(senders) == 0 {
		return []imap.SearchCriteria{{}}
	}
	var out []imap.SearchCriteria
	for group := range slices.Chunk(senders, orLimit) {
		out = append(out, anyFrom(group))
	}
	return out
}

func anyFrom(senders []string) imap.SearchCriteria {
	if len(senders) == 1 {
		return imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "From", Value: senders[0]}}}
	}
	half := len(senders) / 2
	return imap.SearchCriteria{Or: [][2]imap.SearchCriteria{{anyFrom(senders[:half]), anyFrom(senders[half:])}}}
}

// search asks for UIDs within a span and believes only those.
func (s *session) search(criteria imap.SearchCriteria, within span) ([]uint32, error) {
	if within.empty() {
		return nil, nil
	}
	if within.first > 1 || within.last != math.MaxUint32 {
		criteria.UID = []imap.UIDSet{within.set()}
	}
	var options *imap.SearchOptions
	if s.caps.Has(imap.CapESearch) || s.caps.Has(imap.CapIMAP4rev2) {
		options = &imap.SearchOptions{ReturnAll: true}
	}
	s.g.step(searchLimit, 0, searchBudget)
	data, err := s.c.UIDSearch(&criteria, options).Wait()
	if err != nil {
		return nil, s.failed("search", err)
	}
	set, ok := data.All.(imap.UIDSet)
	if !ok {
		return nil, nil // nil where nothing matched
	}
	return uidsWithin(set, within)
}

// uidsWithin walks the ranges of an answer by hand: the library's own list
// panics on a zero and fills the memory on a wide range.
func uidsWithin(set imap.UIDSet, within span) ([]uint32, error) {
	var out []uint32
	for _, r := range set {
		first, last := uint32(r.Start), uint32(r.Stop)
		if first == 0 || last == 0 {
			continue
		}
		if first > last {
			first, last = last, first
		}
		first, last = max(first, within.first), min(last, within.last)
		if first > last {
			continue
		}
		if uint64(len(out))+uint64(last-first)+1 > maxFound {
			return nil, fmt.Errorf("search: %w: more than %d mails", errUntrusted, maxFound)
		}
		for uid := first; ; uid++ {
			out = append(out, uid)
			if uid == last {
				break
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// sequence is the sequence number of a UID, 0 where the mail is gone.
func (s *session) sequence(uid uint32) (uint32, error) {
	s.g.step(searchLimit, 0, smallBudget)
	data, err := s.c.Search(&imap.SearchCriteria{UID: []imap.UIDSet{imap.UIDSetNum(imap.UID(uid))}}, nil).Wait()
	if err != nil {
		return 0, s.failed("find a mail's place", err)
	}
	set, ok := data.All.(imap.SeqSet)
	if !ok || len(set) == 0 {
		return 0, nil
	}
	return set[0].Start, nil
}
