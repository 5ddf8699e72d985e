package mailwatch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/parcel"
)

// Report is the result of Check for an account.
type Report struct {
	Idle    bool     // the server announces new mail
	Folders []string // all that can be opened; empty if the server's list cannot be read
	Watched []FolderReport
	Alerts  []string // what the server wants people to read
}

// FolderReport is the result of Check for a folder.
type FolderReport struct {
	Folder     string
	Messages   int
	Candidates int // mails of the senders within the account's first-scan time, found by the server's search if it works
	Err        error
}

// Check logs in, lists the folders and counts the mails that a first scan would read.
// The error concerns the whole account; each folder has its own.
func Check(ctx context.Context, a Account) (Report, error) {
	a = a.complete()
	s, err := open(ctx, &a, NewBudget())
	if err != nil {
		return Report{}, err
	}
	defer s.close()
	report := Report{Idle: s.idles()}
	for _, name := range a.Folders {
		f := FolderReport{Folder: name}
		f.Messages, f.Candidates, f.Err = count(ctx, s, a, name)
		report.Watched = append(report.Watched, f)
		if !s.alive() {
			return report, f.Err
		}
	}
	// LIST comes last, because an unreadable name ends the connection.
	report.Folders, err = s.list()
	report.Alerts = s.g.alerts()
	if unread := (*protocolError)(nil); errors.As(err, &unread) {
		report.Folders, err = nil, nil
	}
	return report, err
}

func count(ctx context.Context, s *session, a Account, name string) (messages, candidates int, err error) {
	if err := s.examine(name); err != nil {
		return 0, 0, err
	}
	found, err := newReader(&a, name).confirmed(ctx, s, a.Since)
	return int(s.box.NumMessages), len(found), err
}

// Recent passes the latest mails of the senders to handle, oldest first and at most
// limit for each folder, and stores nothing. It stops at the first error of handle. If
// mails cannot be read, it passes all others and then returns an error that names them.
func Recent(ctx context.Context, a Account, since time.Duration, limit int, handle func(context.Context, Mail) error) error {
	a = a.complete()
	s, err := open(ctx, &a, NewBudget())
	if err != nil {
		return err
	}
	defer s.close()
	var unread []error
	for _, name := range a.Folders {
		if err := s.examine(name); err != nil {
			return err
		}
		r := newReader(&a, name)
		r.emit = func(ctx context.Context, _ *session, b batch) error {
			for _, lost := range b.aside {
				ref := parcel.MailRef{Mailbox: a.Name, Folder: name, UIDValidity: b.validity, UID: lost.uid}
				unread = append(unread, fmt.Errorf("mail %s: %s", ref, locale.English(lost.why)))
			}
			for _, m := range b.mails {
				if err := handle(ctx, m.mail); err != nil {
					return err
				}
			}
			return nil
		}
		found, err := r.confirmed(ctx, s, since)
		if err != nil {
			return err
		}
		if err := r.read(ctx, s, found[max(0, len(found)-limit):], batch{}); err != nil {
			return err
		}
	}
	return errors.Join(unread...)
}

// confirmed returns the mails of the senders. Unless a verified search has found them,
// their headers are read.
func (r *reader) confirmed(ctx context.Context, s *session, since time.Duration) ([]uint32, error) {
	found, err := r.candidates(ctx, s, above(0), since)
	if err != nil || r.chosen || r.account.Senders.All() || len(found) == 0 {
		return found, err
	}
	var ours []uint32
	for chunk := range slices.Chunk(found, headBatch) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		heads, _, err := r.heads(ctx, s, chunk)
		if err != nil {
			return nil, err
		}
		for _, h := range heads {
			if r.wanted(h) {
				ours = append(ours, h.uid)
			}
		}
	}
	return ours, nil
}
