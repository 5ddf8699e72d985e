package mailwatch

import (
	"errors"
	"fmt"

	"github.com/emersion/go-imap/v2"

	"parcelwatch/internal/message"
	"parcelwatch/internal/netx"
)

// killsAllowed is the number of points after which a mail is set aside. It gets one
// point each time that reading it alone ends the connection, and two if the response
// could not be parsed.
const killsAllowed = 4

var errHeaderFields = errors.New("HEADER.FIELDS is not understood")

// pace is the number of mails requested by one FETCH. It is halved each time a FETCH ends
// the connection, until the mail that causes it is found.
type pace struct {
	most    int
	limit   int
	suspect uint32 // the limit stays low up to this UID
	kills   map[uint32]int
}

func newPace(most int) pace { return pace{most: most, limit: most, kills: map[uint32]int{}} }

// passed records that the mails up to uid were read.
func (p *pace) passed(uid uint32) {
	if uid > p.suspect {
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

// fetch reads one section of each mail. Mails missing from the answer are
// requested one by one; those the server does not deliver are returned as lost.
func (r *reader) fetch(s *session, p *pace, a ask) ([]fetched, []aside, error) {
	uids, lost := p.split(a.uids)
	if len(uids) == 0 {
		return nil, lost, nil
	}
	got, err := s.fetchUIDs(uids, a.section, a.budget)
	var refusal *imap.Error
	switch {
	case errors.As(err, &refusal) && temporary(refusal):
		return nil, nil, err
	case refusal != nil && refusal.Type == imap.StatusResponseTypeBad && a.section != nil && len(a.section.HeaderFields) > 0:
		return nil, nil, errHeaderFields
	case err != nil && refusal == nil:
		p.blame(uids, err)
		return nil, nil, fmt.Errorf("read %d mails from %d on: %w", len(uids), uids[0], err)
	}
	p.passed(uids[len(uids)-1])
	got, missing := match(uids, got)
	for _, uid := range missing {
		f, ok, err := s.fetchOne(uid, a.section, a.budget)
		var withheld *withheldError
		switch {
		case errors.As(err, &withheld):
			lost = append(lost, aside{uid: uid, why: message.New("unread_withheld", "Text", withheld.err.Error())})
		case err != nil:
			p.blame([]uint32{uid}, err)
			return nil, nil, fmt.Errorf("read mail %d: %w", uid, err)
		case ok:
			got = append(got, f)
		}
	}
	return order(got), lost, nil
}
