package mailwatch

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"mime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-message/charset"
	upstream "github.com/emersion/go-sasl"

	"parcelwatch/internal/netx"
	"parcelwatch/internal/sasl"
	"parcelwatch/internal/textx"
	"parcelwatch/internal/version"
)

const (
	answerLimit = 20 * time.Second // silence after a command
	searchLimit = 75 * time.Second // a first search may open every file of a mailbox
	searchTotal = 5 * time.Minute  // against slow dripping
	batchLimit  = 10 * time.Minute // total time of a fetch, against slow dripping
	stopLimit   = 2 * time.Second  // for LOGOUT while stopping

	smallBudget  = 256 << 10
	folderBudget = 4 << 20
	searchBudget = 9 << 20
	maxListed    = 1000
	maxName      = 1000 // bytes of a folder's name
)

// session is a logged-in connection. It belongs to one goroutine.
type session struct {
	account *Account
	g       *link
	c       *imapclient.Client
	caps    imap.CapSet
	wake    chan struct{} // filled when the server announces mail
	box     *imap.SelectData
	noIdle  bool
	// expunged counts the mails that the server has reported as removed.
	expunged atomic.Int64
	calm     bool // the last probe brought no announcement
	unhook   func() bool
	header   bytes.Buffer // of the header being read
}

// open connects and logs in. When ctx ends, pending commands fail within stopLimit, which
// leaves time for a LOGOUT.
func open(ctx context.Context, a *Account, budget *Budget) (*session, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	cred, err := a.Auth(ctx)
	if err != nil {
		return nil, &CredentialError{Err: err}
	}
	s, err := connect(ctx, a, cred, budget)
	if err != nil {
		return nil, err
	}
	if !s.caps.Has(imap.CapID) || s.introduce(&imap.IDData{Name: clientName}) == nil {
		return s, nil
	}
	s.abandon() // some servers announce ID and end the connection when it is sent
	return connect(ctx, a, cred, budget)
}

// connect opens a connection and logs in.
func connect(ctx context.Context, a *Account, cred Credential, budget *Budget) (*session, error) {
	leave, err := budget.enter(ctx, a.Addr())
	if err != nil {
		return nil, err
	}
	defer leave()
	g, err := dial(ctx, *a, budget)
	if err != nil {
		return nil, err
	}
	s := &session{account: a, g: g, wake: make(chan struct{}, 1)}
	s.unhook = context.AfterFunc(ctx, func() { g.hurry(stopLimit) })
	if err := s.start(); err != nil {
		s.abandon()
		return nil, err
	}
	if err := s.login(cred); err != nil {
		s.abandon()
		if refused, ok := errors.AsType[*RefusedError](err); ok {
			refused.Text = strings.Join(append([]string{refused.Text}, g.alerts()...), "; ")
		}
		return nil, err
	}
	return s, nil
}

// start creates the client and waits for the greeting.
func (s *session) start() error {
	options := &imapclient.Options{
		WordDecoder: &mime.WordDecoder{CharsetReader: charset.Reader},
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{
			// Both run on the decoder's goroutine: they must not block or send a command.
			Expunge: func(uint32) { s.expunged.Add(1) },
			Mailbox: func(data *imapclient.UnilateralDataMailbox) {
				if data.NumMessages == nil {
					return
				}
				select {
				case s.wake <- struct{}{}:
				default:
				}
			},
		},
	}
	s.g.step(answerLimit, time.Minute, smallBudget)
	s.c = imapclient.New(s.g, options)
	err := s.c.WaitGreeting()
	if err != nil && strings.Contains(err.Error(), `unknown tag "`+smtpReady) {
		err = fmt.Errorf("%w: %w", errSMTP, err)
	}
	return s.failed("greet "+s.account.Addr(), err)
}

// examine opens a folder read-only.
func (s *session) examine(folder string) error {
	err := s.open(folder)
	var refusal *imap.Error
	if errors.As(err, &refusal) && textx.Mentions(refusal.Text, "unsafe login") {
		// NetEase lets only clients in that have sent an ID, and does not always announce it.
		if err := s.introduce(&imap.IDData{Name: clientName, Version: version.Get().Version, Vendor: clientName}); err != nil {
			return err
		}
		err = s.open(folder)
	}
	if errors.As(err, &refusal) && !temporary(refusal) {
		if names, lerr := s.list(); lerr == nil && !containsFolder(names, folder) {
			return &FolderError{Folder: folder, Existing: names}
		}
	}
	return s.failed("open folder "+folder, err)
}

func (s *session) open(folder string) error {
	s.g.step(searchLimit, 0, folderBudget)
	box, err := s.c.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err == nil {
		s.box = box
	}
	return err //nolint:wrapcheck // examine adds what was being done
}

// list returns the folders that can be opened.
func (s *session) list() ([]string, error) {
	s.g.step(answerLimit, time.Minute, folderBudget)
	cmd := s.c.List("", "*", nil)
	var names []string
	for f := cmd.Next(); f != nil; f = cmd.Next() {
		if len(names) < maxListed && len(f.Mailbox) <= maxName && !slices.Contains(f.Attrs, imap.MailboxAttrNoSelect) && !slices.Contains(f.Attrs, imap.MailboxAttrNonExistent) {
			names = append(names, f.Mailbox)
		}
	}
	if err := cmd.Close(); err != nil {
		return nil, s.failed("list folders", err)
	}
	slices.Sort(names)
	return names, nil
}

// noop checks that the server still answers; a refusal is an answer.
func (s *session) noop() error {
	s.g.step(answerLimit, time.Minute, folderBudget)
	err := s.c.Noop().Wait()
	if isRefusal(err) {
		return nil
	}
	return s.failed("ask for a sign of life", err)
}

// idles reports whether the server announces new mail.
func (s *session) idles() bool {
	return !s.noIdle && (s.caps.Has(imap.CapIdle) || s.caps.Has(imap.CapIMAP4rev2))
}

// close logs out if the connection works, and waits until the client has ended.
func (s *session) close() {
	if s.alive() {
		s.g.step(stopLimit, stopLimit, smallBudget)
		_ = s.c.Logout().Wait()
	}
	s.abandon()
}

// abandon closes the connection without LOGOUT.
func (s *session) abandon() {
	s.unhook()
	_ = s.g.Close()
	if s.c != nil {
		<-s.c.Closed()
	}
}

// alive reports whether commands can still be sent.
func (s *session) alive() bool {
	select {
	case <-s.c.Closed():
		return false
	default:
		return s.g.failure() == nil
	}
}

// failed adds the failed action to err. Unless err is a response of the server, it is
// replaced by the cause of the failure: the library reports only that the connection was closed.
func (s *session) failed(doing string, err error) error {
	if err == nil {
		return nil
	}
	if no, ok := refusedWith(err); ok {
		return fmt.Errorf("%s: %w", doing, no)
	}
	if final(err) {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if cause := s.g.failure(); cause != nil {
		return fmt.Errorf("%s: %w", doing, cause)
	}
	return fmt.Errorf("%s: %w", doing, &protocolError{text: oneLine(err.Error()), err: err})
}

// final reports whether err contains its cause already, for example a refused token or
// an invalid certificate.
func final(err error) bool {
	var xoauth *sasl.XOAuth2Error
	var bearer *upstream.OAuthBearerError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var pin *netx.PinError
	return errors.Is(err, ErrLoginDisabled) || errors.As(err, &pin) || errors.Is(err, sasl.ErrUnusable) ||
		errors.As(err, &xoauth) || errors.As(err, &bearer) || errors.As(err, &certificate) || errors.As(err, &record)
}

func containsFolder(names []string, folder string) bool {
	return slices.ContainsFunc(names, func(n string) bool {
		return n == folder || strings.EqualFold(folder, "INBOX") && strings.EqualFold(n, "INBOX")
	})
}
