package mailwatch_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/oauth"
	"parcelwatch/mailwatch"
)

// explain returns an error of an account in English, as the log has it.
func explain(err error, a mailwatch.Account) string {
	return locale.English(mailwatch.Fault(err, a))
}

func TestExplain(t *testing.T) {
	t.Parallel()
	dial := func(err error) error {
		return fmt.Errorf("connect to x: %w", &net.OpError{Op: "dial", Net: "tcp", Err: err})
	}
	many := &mailwatch.FolderError{Folder: "Shop", Existing: strings.Fields(strings.Repeat("a ", 100))}
	refused := func(token bool) error { return &mailwatch.RefusedError{Text: "no", Token: token} }
	cases := []struct {
		name, host string
		err        error
		want       string
	}{
		{"no error", "", nil, ""},
		{"unknown host", "", dial(&net.DNSError{Name: "imap.exmple.org", IsNotFound: true}), "there is no host imap.exmple.org; check host"},
		{"no name server", "", dial(&net.DNSError{Name: "imap.example.org", IsTemporary: true}), "the name imap.example.org cannot be looked up now; check this machine's network (it will be tried again)"},
		{"nothing there", "", dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)), "nothing listens on imap.example.org:993; check host and port (993 for tls, 143 for starttls)"},
		{"no route", "", dial(os.NewSyscallError("connect", syscall.EHOSTUNREACH)), "imap.example.org:993 cannot be reached (connect: no route to host); it will be tried again"},
		{"no answer", "", dial(context.DeadlineExceeded), "imap.example.org:993 does not answer; network, firewall or server (it will be tried again)"},
		{"cut", "", dial(os.NewSyscallError("read", syscall.ECONNRESET)), "the connection to imap.example.org:993 was cut; it will be tried again"},
		{"gmail", "imap.gmail.com", refused(false), "imap.gmail.com refuses the login (no); Gmail takes no account passwords: make an app password at https://myaccount.google.com/apppasswords (needs 2-step verification) or use oauth2"},
		{"outlook", "outlook.office365.com", refused(false), "outlook.office365.com refuses the login (no); Microsoft has ended passwords for mail programs: use oauth2 = { provider = \"microsoft\" } and parcelwatch login NAME"},
		{"a name that ends alike", "notmail.ru", refused(false), "notmail.ru refuses the login (no); check username and password; some providers want an app password and IMAP switched on in their settings"},
		{"proton bridge", "127.0.0.1", refused(false), "127.0.0.1 refuses the login (no); check username and password; Proton Bridge shows its own password for mail programs"},
		{"token", "imap.gmail.com", refused(true), "imap.gmail.com refuses the OAuth2 token (no); log in again: parcelwatch login NAME"},
		{"no password to be had", "", &mailwatch.CredentialError{Err: errors.New("open /etc/pass: permission denied")}, "there is no password or token to log in with: open /etc/pass: permission denied; see password or oauth2 in the [[mailbox]] section"},
		{"store", "", errors.Join(errTest, &mailwatch.StoreError{Err: errors.New("disk full")}), "the store cannot be used: disk full; check the disk and [store] path (it will be tried again)"},
		{"anything else", "", errors.New("odd\r\nthing"), "imap.example.org: odd thing; it will be tried again"},
		{"exchange", "", errors.New("open folder INBOX: imap: BAD User is authenticated but not connected"), "imap.example.org: open folder INBOX: imap: BAD User is authenticated but not connected; the password is right, but the server does not open the mailbox: switch IMAP on for it in the Exchange settings and use its main address as username (it will be tried again)"},
		{"netease", "", errors.New("NO EXAMINE Unsafe Login. Please contact"), "imap.example.org: NO EXAMINE Unsafe Login. Please contact; the provider does not trust this client: allow access by mail programs in the webmail's settings, with an authorization code as password (it will be tried again)"},
		{"plain", "", mailwatch.ErrPlain, "the password would go to imap.example.org unprotected; use tls = \"tls\" (port 993) or \"starttls\" (port 143)"},
		{"many folders", "", many, "and 70 more"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := mailwatch.Account{Name: "home", Host: "imap.example.org"}
			if c.host != "" {
				a.Host = c.host
			}
			got := explain(c.err, a)
			if got != c.want && (c.name != "many folders" || !strings.HasSuffix(got, c.want)) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if strings.ContainsAny(got, "\r\n") {
				t.Errorf("not one line: %q", got)
			}
		})
	}
}

func TestAdviceToLogInNamesTheHousehold(t *testing.T) {
	t.Parallel()
	a := mailwatch.Account{Name: "work", Host: "outlook.office365.com", Household: "zoe"}
	for name, err := range map[string]error{
		"refused token":    &mailwatch.RefusedError{Text: "no", Token: true},
		"refused password": &mailwatch.RefusedError{Text: "no"},
		"no login kept":    &mailwatch.CredentialError{Err: oauth.ErrNoLogin},
		"ended login":      &mailwatch.CredentialError{Err: oauth.ErrEnded},
	} {
		if got := explain(err, a); !strings.HasSuffix(got, "parcelwatch login NAME --household zoe") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestEveryBigProviderHasAHint(t *testing.T) {
	t.Parallel()
	plain := explain(&mailwatch.RefusedError{Text: "no"}, mailwatch.Account{Host: "imap.example.org"})
	_, usual, _ := strings.Cut(plain, "; ")
	for _, host := range []string{
		"imap.gmail.com", "outlook.office365.com", "imap-mail.outlook.com", "imap.mail.yahoo.com", "imap.mail.me.com", "imap.yandex.ru", "imap.yandex.com",
		"imap.mail.ru", "imap.rambler.ru", "imap.ukr.net", "imap.i.ua", "imap.tut.by", "imap.gmx.net", "imap.web.de", "imap.fastmail.com", "imap.zoho.com", "secureimap.t-online.de", "imap.163.com",
	} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			got := explain(&mailwatch.RefusedError{Text: "no"}, mailwatch.Account{Host: host})
			if strings.Contains(got, usual) {
				t.Errorf("only the usual advice: %s", got)
			}
		})
	}
}
