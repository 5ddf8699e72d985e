package mailwatch

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"parcelwatch/mailwatch/internal/wire"
)

// fetched is the response for one mail.
type fetched struct {
	head         // of a header section
	body  []byte // of a whole mail
	whole bool   // the requested section is there
}

// fetch requests the size and one section (nil for none) of several mails. If the
// server refuses some of them, the received part is returned together with the error.
func (s *session) fetch(set imap.NumSet, section *imap.FetchItemBodySection, budget int64) ([]fetched, error) {
	s.g.step(answerLimit, batchLimit, budget)
	options := &imap.FetchOptions{UID: true, RFC822Size: true}
	s.g.mender.Expect(wire.Size)
	if section != nil {
		s.g.mender.Expect(wire.Body)
		options.BodySection = []*imap.FetchItemBodySection{section}
	}
	cmd := s.c.Fetch(set, options)
	var out []fetched
	for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
		f, err := s.take(msg, section, budget)
		if err != nil {
			break // Close returns the error
		}
		if f.uid != 0 && (f.whole || section == nil) {
			out = append(out, f)
		}
	}
	return out, s.failed("fetch mail", cmd.Close())
}

// take reads one response. An unsolicited change of flags has the same form but lacks
// the requested items.
func (s *session) take(msg *imapclient.FetchMessageData, section *imap.FetchItemBodySection, budget int64) (f fetched, err error) {
	var uid uint32
	var size int64 = -1
	empty := false
	for item := msg.Next(); item != nil && err == nil; item = msg.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			uid = uint32(item.UID)
		case imapclient.FetchItemDataRFC822Size:
			size = item.Size
		case imapclient.FetchItemDataBodySection:
			switch {
			case item.Literal == nil || f.whole || section == nil:
				continue
			case section.Specifier == imap.PartSpecifierHeader:
				f.head, err = readHead(item.Literal, &s.header, s.account.Senders)
			default:
				f.body, err = readText(item.Literal, budget)
			}
			f.whole, empty = true, item.Literal.Size() == 0
		}
	}
	f.uid, f.size = uid, max(size, 0)
	f.whole = f.whole && (!empty || size == 0) // a server may not have the text yet
	return f, err
}

// readText reads a literal. Its announced length is trusted up to the budget, so that
// memory is allocated once.
func readText(text imap.LiteralReader, budget int64) ([]byte, error) {
	length := max(min(text.Size(), budget), 0)
	buf := bytes.NewBuffer(make([]byte, 0, length+bytes.MinRead))
	_, err := buf.ReadFrom(text)
	return buf.Bytes(), err
}

// fetchUIDs requests mails by UID.
func (s *session) fetchUIDs(uids []uint32, section *imap.FetchItemBodySection, budget int64) ([]fetched, error) {
	if len(uids) == 0 {
		return nil, nil // an empty set would end the connection
	}
	var set imap.UIDSet
	for _, uid := range uids {
		set.AddNum(imap.UID(uid))
	}
	return s.fetch(set, section, budget)
}

// fetchOne requests a mail by its sequence number: a server may send the UID after the
// text, and then the library silently drops the mail of a UID FETCH. ok is false if the
// mail is gone.
func (s *session) fetchOne(uid uint32, section *imap.FetchItemBodySection, budget int64) (f fetched, ok bool, err error) {
	last := errWithheld
	for range 2 { // an unsolicited response may come instead of the first
		seq, err := s.sequence(uid)
		if err != nil || seq == 0 {
			return fetched{}, false, err
		}
		got, err := s.fetch(imap.SeqSetNum(seq), section, budget)
		for _, f := range got {
			if f.uid == uid {
				return f, true, nil
			}
		}
		if err != nil && !isRefusal(err) {
			return fetched{}, false, err
		}
		if err != nil {
			last = err
		}
	}
	return fetched{}, false, &withheldError{uid: uid, err: last}
}

// sequence returns the sequence number of a UID, 0 if neither FETCH nor SEARCH knows the
// mail.
func (s *session) sequence(uid uint32) (seq uint32, err error) {
	s.g.step(answerLimit, time.Minute, smallBudget)
	s.g.mender.Expect(wire.UID)
	cmd := s.c.Fetch(imap.UIDSetNum(imap.UID(uid)), &imap.FetchOptions{UID: true})
	for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
		if f, err := s.take(msg, nil, smallBudget); err == nil && f.uid == uid {
			seq = msg.SeqNum
		}
	}
	err = cmd.Close()
	if seq != 0 || err != nil && !isRefusal(err) {
		return seq, s.failed("find a mail's place", err)
	}
	s.g.step(searchLimit, 0, smallBudget)
	data, serr := s.c.Search(&imap.SearchCriteria{UID: []imap.UIDSet{imap.UIDSetNum(imap.UID(uid))}}, nil).Wait()
	if isRefusal(serr) {
		serr = err
	}
	if serr != nil {
		return 0, s.failed("find a mail's place", serr)
	}
	// Some servers find what was never there: a number without a mail would hide all future
	// mail.
	if set, ok := data.All.(imap.SeqSet); ok && len(set) > 0 && imap.UID(uid) < s.box.UIDNext {
		return set[0].Start, nil
	}
	return 0, nil
}

var errWithheld = errors.New("the server answers without the mail's text")

// withheldError means that a mail exists but the server does not deliver it, although
// the connection still works.
type withheldError struct {
	uid uint32
	err error
}

func (e *withheldError) Error() string { return fmt.Sprintf("mail %d: %v", e.uid, e.err) }
func (e *withheldError) Unwrap() error { return e.err }
