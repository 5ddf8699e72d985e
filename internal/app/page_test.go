package app

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"parcelwatch/config"
	"parcelwatch/internal/netx"
	"parcelwatch/internal/status"
	"parcelwatch/internal/web"
	"parcelwatch/mailwatch"
)

// inbox serves a mailbox with one mail on a port of this machine and returns its account.
func inbox(t *testing.T, mail string) mailwatch.Account {
	t.Helper()
	user := imapmemserver.NewUser("u", "p")
	if err := user.Create("Shop/Mail", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := user.Append("Shop/Mail", literal{strings.NewReader(mail)}, &imap.AppendOptions{Time: time.Now()}); err != nil {
		t.Fatal(err)
	}
	mem := imapmemserver.New()
	mem.AddUser(user)
	s := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}}, InsecureAuth: true,
	})
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	at, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatal(l.Addr())
	}
	return mailwatch.Account{
		Name: "home", Host: "127.0.0.1", Port: at.Port, TLS: netx.TLSNone,
		Auth: func(context.Context) (mailwatch.Credential, error) {
			return mailwatch.Credential{Username: "u", Password: "p"}, nil
		},
	}
}

type literal struct{ *strings.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

func TestTheCopyOfAMailNamesNobodyAndIsOfThatMailOnly(t *testing.T) {
	t.Parallel()
	const raw = "From: AliExpress <transaction@notice.aliexpress.com>\r\nTo: Petra Muster <petra.muster@mail.example>\r\nSubject: Your order, Petra\r\n\r\n" +
		"Hi Petra Muster, your package RB123456785CN is on its way.\r\n"
	r, err := NewReader(nil, &config.Config{}, config.Mailbox{})
	if err != nil {
		t.Fatal(err)
	}
	boxes := []mailbox{{cfg: config.Mailbox{Name: "home", Folders: []string{"INBOX", "Shop/Mail"}}, account: inbox(t, raw), reader: r}}
	text, err := redacted(t.Context(), boxes, status.NotUnderstood{Mail: "home/Shop/Mail/1", Subject: "Your order, Petra"})
	if err != nil {
		t.Fatal(err)
	}
	for _, private := range []string{"Petra", "petra", "Muster", "RB123456785CN"} {
		if strings.Contains(string(text), private) {
			t.Errorf("%s is in %s", private, text)
		}
	}
	if !strings.Contains(string(text), "aliexpress.com") {
		t.Errorf("%s", text)
	}
	for _, n := range []status.NotUnderstood{
		{Mail: "home/Shop/Mail/1", Subject: "Another subject"}, {Mail: "home/Shop/Mail/2", Subject: "Your order, Petra"}, {Mail: "away/Shop/Mail/1"}, {Mail: "home/Shop/Mail/x"}, {Mail: ""},
	} {
		if text, err := redacted(t.Context(), boxes, n); !errors.Is(err, web.ErrNoMail) {
			t.Errorf("%+v: %s, %v", n, text, err)
		}
	}
}
