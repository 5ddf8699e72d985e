package mailwatch

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// fetched is what a server gave of one mail.
type fetched struct {
	uid  uint32
	size int64
	body []byte // of the section that was asked for
}

// fetch asks for the size and one section (nil for none) of several mails. What the server gave is
// returned together with its refusal, where it refused a part.
func (s *session) fetch(set imap.NumSet, section *imap.FetchItemBodySection, budget int64) ([]fetched, error) {
	s.g.step(answerLimit, batchLimit, budget)
	options := &imap.FetchOptions{UID: true, RFC822Size: true}
	if section != nil {
		options.BodySection = []*imap.FetchItemBodySection{section}
	}
	cmd := s.c.Fetch(set, options)
	var out []fetched
	for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
		f, err := take(msg, budget)
		if err != nil {
			break // Close tells
		}
		if f.uid != 0 && (f.body != nil || section == nil) {
			out = append(out, f)
		}
	}
	return out, s.failed("fetch mail", cmd.Close())
}

// take reads one answer. An unasked-for change of flags comes in the same form,
// and lacks what was asked for.
func take(msg *imapclient.FetchMessageData, budget int64) (f fetched, err error) {
	for item := msg.Next(); item != nil; item = msg.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			f.uid = uint32(item.UID)
		case imapclient.FetchItemDataRFC822Size:
			f.size = item.Size
		case imapclient.FetchItemDataBodySection:
			if item.Literal == nil || f.body != nil {
				continue
			}
			if f.body, err = readText(item.Literal, budget); err != nil {
				return f, err
			}
		}
	}
	return f, nil
}

// readText reads a text whose length the server has announced, which is believed
// as far as the budget goes: memory is taken once and not piece by piece.
func readText(text imap.LiteralReader, budget int64) ([]byte, error) {
	length := max(min(text.Size(), budget), 0)
	buf := bytes.NewBuffer(make([]byte, 0, length+bytes.MinRead))
	_, err := buf.ReadFrom(text)
	return buf.Bytes(), err
}

// fetchUIDs asks for mails by UID.
func (s *session) fetchUIDs(uids []uint32, section *imap.FetchItemBodySection, budget int64) ([]fetched, error) {
	if len(uids) == 0 {
		return nil, nil // an empty set ends the connection
	}
	var set imap.UIDSet
	for _, uid := range uids {
		set.AddNum(imap.UID(uid))
	}
	return s.fetch(set, section, budget)
}

// fetchOne asks for a mail by its sequence number: a server may send the UID
// behind the text, and then the library drops the mail of a UID FETCH without a
// word. ok is false where the mail is gone.
func (s *session) fetchOne(uid uint32, section *imap.FetchItemBodySection, budget int64) (f fetched, ok bool, err error) {
	var last error
	for range 2 { // an unasked-for answer may take the place of the first
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
		if len(got) > 0 {
			return fetched{}, false, nil // another mail stands there: this one is gone, or never was
		}
		var refusal *imap.Error
		if err != nil && !errors.As(err, &refusal) || refusal != nil && temporary(refusal) {
			return fetched{}, false, err
		}
		last = err
	}
	if last == nil {
		last = errWithheld
	}
	return fetched{}, false, &withheldError{uid: uid, err: last}
}

var errWithheld = errors.New("the server answers without the mail's text")

// withheldError is a mail that exists and that the server does not hand over,
// while the connection goes on.
type withheldError struct {
	uid uint32
	err error
}

func (e *withheldError) Error() string { return fmt.Sprintf("mail %d: %v", e.uid, e.err) }
func (e *withheldError) Unwrap() error { return e.err }
