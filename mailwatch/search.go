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
	firstStretch  = 20_000 // mails in the first search by sender
	stretchGrowth = 8
	quickSearch   = 3 * time.Second
	searchTries   = 3 // for a search that the server refuses for the moment
	searchPause   = 2 * time.Second
	maxFound      = 1_000_000 // results of one search; more are considered invalid
	sampleSize    = 100
	orLimit       = 32  // senders in one search command: the shop's, all rewriters' and some of a user
	orBytes       = 900 // for them, as RFC 2683 3.2.1.5 asks for lines of at most 1,000 octets
)

// errUntrusted means that the result of a search is not plausible.
var errUntrusted = errors.New("the answer to SEARCH makes no sense")

// span is a range of UIDs, both ends included.
type span struct{ first, last uint32 }

// above returns the span of all UIDs above uid.
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

// walk covers a mailbox in stretches of any length.
type walk struct {
	total, left int
	uids        []uint32  // if they are known
	since       time.Time // otherwise sequence numbers, from this day on
}

// bySequence walks a mailbox newest first: expunging moves mails to lower numbers, which
// are still to be walked.
func bySequence(messages int, since time.Time) walk {
	return walk{total: messages, left: messages, since: since}
}

// byUID walks known mails.
func byUID(uids []uint32) walk { return walk{total: len(uids), left: len(uids), uids: uids} }

// next returns the stretch before the last one.
func (w *walk) next(length int) imap.SearchCriteria {
	last := w.left
	w.left -= min(last, length)
	if w.uids != nil {
		return imap.SearchCriteria{UID: []imap.UIDSet{span{w.uids[w.left], w.uids[last-1]}.set()}}
	}
	set := imap.SeqSet{{Start: uint32(w.left + 1), Stop: uint32(last)}} //nolint:gosec // a server's count of mails has 32 bits
	return imap.SearchCriteria{SeqNum: []imap.SeqSet{set}, Since: w.since}
}

// fromCriteria returns the SEARCH keys for the senders, in commands of limited length.
// Without senders it returns one command without a key. For an address that is not
// ASCII it uses the domain in ASCII: servers handle other scripts in SEARCH differently,
// and may refuse them.
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
			return []imap.SearchCriteria{{}} // a name that servers cannot search for: read every header
		}
		keys = append(keys, s)
	}
	var out []imap.SearchCriteria
	for len(keys) > 0 {
		n := atOnce(keys)
		out, keys = append(out, anyFrom(keys[:n])), keys[n:]
	}
	return out
}

// atOnce returns how many of the keys go into one command, at least one.
func atOnce(keys []string) int {
	size := 0
	for i, k := range keys {
		if size += len(`OR (FROM "") ()`) + len(k); i == orLimit || i > 0 && size > orBytes {
			return i
		}
	}
	return len(keys)
}

func anyFrom(senders []string) imap.SearchCriteria {
	if len(senders) == 1 {
		return imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "From", Value: senders[0]}}}
	}
	half := len(senders) / 2
	return imap.SearchCriteria{Or: [][2]imap.SearchCriteria{{anyFrom(senders[:half]), anyFrom(senders[half:])}}}
}

// search returns UIDs within a span and ignores all others.
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
	s.g.step(searchLimit, searchTotal, searchBudget)
	data, err := s.c.UIDSearch(&criteria, options).Wait()
	if err != nil {
		return nil, s.failed("search", err)
	}
	set, ok := data.All.(imap.UIDSet)
	if !ok {
		return nil, nil // nothing matched
	}
	return uidsWithin(set, within)
}

// uidsWithin expands the ranges of a response itself: the library's list panics on a
// zero and fills the memory on a wide range.
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
