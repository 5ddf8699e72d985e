package mailwatch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"

	"parcelwatch/internal/message"
	"parcelwatch/internal/netx"
	"parcelwatch/internal/textx"
)

// killsAllowed is the number of points after which a mail is set aside. It gets one
// point each time that reading it alone ends the connection, and two if the response
// could not be parsed.
const killsAllowed = 4

const (
	refusedTries  = 2 // for several mails that the server refuses for the moment
	refusedPauses = 2 * time.Second
	refusedInRow  = 3 // mails that are refused alone before the server is given a pause
	refusedAlone  = 2 // times that a mail is refused alone before it no longer counts for that
)

var errHeaderFields = errors.New("HEADER.FIELDS is not understood")

// pace is the number of mails requested by one FETCH. It is halved each time a FETCH ends
// the connection, until the mail that causes it is found.
type pace struct {
	most     int
	limit    int
	suspect  uint32 // the limit stays low up to this UID
	kills    map[uint32]int
	refusals map[uint32]int // of a mail asked for alone
	streak   int            // of mails that were refused alone, one after the other
}

func newPace(most int) pace {
	return pace{most: most, limit: most, kills: map[uint32]int{}, refusals: map[uint32]int{}}
}

// passed records that the mails up to uid were read.
func (p *pace) passed(uid uint32) {
	if p.streak = 0; uid > p.suspect {
		p.limit = min(p.most, p.limit*2)
	}
}

// blame records which mails were being read when the connection ended.
func (p *pace) blame(uids []uint32, err error) {
	p.suspect = uids[len(uids)-1]
	if len(uids) > 1 {
		p.limit = len(uids) / 2
		return
	}
	var broken *protocolError
	if errors.As(err, &broken) || errors.Is(err, netx.ErrTooMuch) {
		p.kills[uids[0]]++
	}
	p.kills[uids[0]]++
}

// refused records that the server refuses a mail alone, and reports whether it seems to
// refuse everything at the moment.
func (p *pace) refused(uid uint32) bool {
	p.refusals[uid]++
	p.streak++
	return p.streak >= refusedInRow && p.refusals[uid] < refusedAlone
}

// split separates the mails that are known to end the connection.
func (p *pace) split(uids []uint32) (good []uint32, lost []aside) {
	for _, uid := range uids {
		if p.kills[uid] >= killsAllowed {
			lost = append(lost, aside{uid: uid, why: message.New("unread_breaks")})
			continue
		}
		good = append(good, uid)
	}
	return good, lost
}

// ask is one FETCH: a section of several mails, and the limit of the response in bytes.
type ask struct {
	uids    []uint32
	section *imap.FetchItemBodySection
	budget  int64
}

// fetch reads one section of each mail. Mails that the server does not deliver are
// returned as lost.
func (r *reader) fetch(ctx context.Context, s *session, p *pace, a ask) ([]fetched, []aside, error) {
	good, lost := p.split(a.uids)
	if len(good) == 0 {
		return nil, lost, nil
	}
	a.uids = good
	got, err := s.fetchUIDs(a.uids, a.section, a.budget)
	for try := range refusedTries {
		if no, ok := refusedWith(err); r.hasty || !ok || !temporary(no) || exhausted(no) {
			break
		}
		if err := pause(ctx, refusedPauses<<try); err != nil {
			return nil, nil, err
		}
		got, err = s.fetchUIDs(a.uids, a.section, a.budget)
	}
	got, more, err := r.sift(s, p, a, got, err)
	return order(got), append(lost, more...), err
}

// sift finds out why mails are missing from an answer. If the server refused it, the
// missing ones are requested in halves until those that cause the refusal are alone.
func (r *reader) sift(s *session, p *pace, a ask, got []fetched, err error) ([]fetched, []aside, error) {
	var refusal *imap.Error
	switch {
	case errors.As(err, &refusal) && exhausted(refusal):
		return nil, nil, err
	case refusal != nil && refusal.Type == imap.StatusResponseTypeBad && a.section != nil && len(a.section.HeaderFields) > 0:
		return nil, nil, errHeaderFields
	case err != nil && refusal == nil:
		p.blame(a.uids, err)
		return nil, nil, fmt.Errorf("read %d mails from %d on: %w", len(a.uids), a.uids[0], err)
	case err == nil:
		p.passed(a.uids[len(a.uids)-1])
	}
	got, missing := match(a.uids, got)
	if refusal == nil || len(missing) < 2 {
		return r.singly(s, p, ask{missing, a.section, a.budget}, got)
	}
	var lost []aside
	for half := range slices.Chunk(missing, (len(missing)+1)/2) {
		part := ask{half, a.section, a.budget}
		some, err := s.fetchUIDs(half, a.section, a.budget)
		some, more, err := r.sift(s, p, part, some, err)
		if err != nil {
			return nil, nil, err
		}
		got, lost = append(got, some...), append(lost, more...)
	}
	return got, lost, nil
}

// singly requests mails one by one.
func (r *reader) singly(s *session, p *pace, a ask, got []fetched) ([]fetched, []aside, error) {
	var lost []aside
	for _, uid := range a.uids {
		f, ok, err := s.fetchOne(uid, a.section, a.budget)
		var withheld *withheldError
		var refusal *imap.Error
		switch {
		case errors.As(err, &withheld):
			if errors.As(err, &refusal) && (exhausted(refusal) || p.refused(uid)) {
				return nil, nil, err
			}
			lost = append(lost, aside{uid: uid, why: message.New("unread_withheld", "Text", oneLine(withheld.err.Error())), later: true})
		case err != nil:
			p.blame([]uint32{uid}, err)
			return nil, nil, fmt.Errorf("read mail %d: %w", uid, err)
		case ok:
			p.streak = 0
			got = append(got, f)
		}
	}
	return got, lost, nil
}

// exhausted reports whether a refusal is about the account and not about a mail.
func exhausted(e *imap.Error) bool {
	return e.Code == imap.ResponseCodeOverQuota || e.Code == "THROTTLED" || textx.Mentions(e.Text, "bandwidth", "quota", "throttl")
}
