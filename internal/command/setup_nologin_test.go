//go:build unix

package command

import (
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/emersion/go-smtp"

	"parcelwatch/config"
	"parcelwatch/internal/demo"
)

// openRelay takes mail without a login. It implements no method for one, so the server
// does not offer it.
type openRelay struct{ smtp.Session }

func (openRelay) Mail(string, *smtp.MailOptions) error { return nil }
func (openRelay) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (openRelay) Reset()                               {}
func (openRelay) Logout() error                        { return nil }

func TestSetupForAMailServerWithoutLogin(t *testing.T) {
	p := newPlaceFor(t)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return openRelay{}, nil }))
	s.Domain = "relay.example"
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close(); <-done })

	password := filepath.Join(p.dir, "password")
	if err := os.WriteFile(password, []byte(demo.Password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := command(t.Context(), "--config", p.config, "setup", "--yes", "--address", demo.Address, "--password-file", password,
		"--imap", p.inbox.Addr, "--imap-tls", "none", "--smtp", l.Addr().String(), "--smtp-tls", "none", "--destination", "DE",
		"--language", "en", "--timezone", "Europe/Berlin", "--to", demo.Address, "--at", "08:00", "--no-sample")
	if code != exitGood {
		t.Fatalf("exit status %d\n%s%s", code, out, errs)
	}
	cfg, err := config.Load(p.config)
	if err != nil {
		t.Fatalf("%v\n%s", err, p.read("parcelwatch.toml"))
	}
	if cfg.SMTP.Username != "" || !cfg.SMTP.Password.IsZero() || cfg.Mailboxes[0].Password.IsZero() {
		t.Errorf("a login where none is wanted, or none where one is:\n%s", p.read("parcelwatch.toml"))
	}
}
