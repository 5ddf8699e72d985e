package mailwatch

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
)

const (
	day           = 24 * time.Hour
	firstStretch  = 20_000 // mails of the first search by sender
	stretchGrowth = 8
	quickSearch   = 3 * time.Second
	maxFound      = 1_000_000 // mails of one search; more is nonsense or needs another program
	sampleSize    = 100
	orLimit       = 16 // senders of one search command
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

// walk goes over a mailbox in stretches of any length.
type walk struct {
	total, left int
	uids        []uint32  // where they are known
	since       time.Time // else sequence numbers, with a first day
}

// bySequence walks a mailbox newest first: what is expunged meanwhile moves
// numbers down, into stretches that are still to come.
func bySequence(messages int, since time.Time) walk {
	return walk{total: messages, left: messages, since: since}
}

// byUID walks known mails.
func byUID(uids []uint32) walk { return walk{total: len(uids), left: len(uids), uids: uids} }

// next is the stretch before the last one.
func (w *walk) next(length int) imap.SearchCriteria {
	last := w.left
	w.left -= min(last, length)
	if w.uids != nil {
		return imap.SearchCriteria{UID: []imap.UIDSet{span{w.uids[w.left], w.uids[last-1]}.set()}}
	}
	set := imap.SeqSet{{Start: uint32(w.left + 1), Stop: uint32(last)}} //nolint:gosec // a server's count of mails has 32 bits
	return imap.SearchCriteria{SeqNum: []imap.SeqSet{set}, Since: w.since}
}

// fromCriteria are the SEARCH keys for the senders, in commands of bounded
// length. No senders mean one command without such a key.
// An address that is not ASCII is searched for by its domain, which is: what
// servers do with a SEARCH in other scripts differs, and refusing it is allowed.
func fromCriteria(senders []string) []imap.SearchCriteria {
	if len(senders) == 0 {
		return []imap.SearchCriteria{{}}
	}
	keys := make([]string, 0, len(senders))
	for _, s := range senders {
		if !ascii(s) {
			s = s[strings.LastIndexByte(s, '@')+1:]
		}
		if !ascii(s) {
			return []imap.SearchCriteria{{}} // no name a server could know: every header is read
		}
		keys = append(keys, s)
	}
	var out []imap.SearchCriteria
	for group := range slices.Chunk(keys, orLimit) {
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
		criteria.UID = append(criteria.UID, within.set())
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
