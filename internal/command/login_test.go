//go:build unix

package command

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"parcelwatch/config"
	"parcelwatch/internal/app"
	"parcelwatch/internal/demo"
	"parcelwatch/internal/netx"
	"parcelwatch/internal/oauth"
	"parcelwatch/internal/oauth/oauthtest"
	"parcelwatch/internal/provider"
	"parcelwatch/store"
	"parcelwatch/store/driver"
	"parcelwatch/store/sqlite"
)

// oauthWorld is a mailbox that accepts only tokens, the service that issues them, and a
// configuration for both.
type oauthWorld struct {
	box     *tokenBox
	service *oauthtest.Service
	config  string
	store   string
	mail    *demo.Outbound
}

func newOAuthWorld(t *testing.T, provider string, c oauthtest.Config) oauthWorld {
	t.Helper()
	w := oauthWorld{service: oauthtest.Open(c)}
	t.Cleanup(w.service.Close)
	w.box = openTokenBox(t, func(token string) bool { return strings.HasPrefix(token, "access-") })
	var err error
	if w.mail, err = demo.OpenOutbound(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.mail.Close() })
	dir := t.TempDir()
	w.config, w.store = filepath.Join(dir, "parcelwatch.toml"), filepath.Join(dir, "parcelwatch.db")
	_, imapPort, _ := net.SplitHostPort(w.box.Addr)
	_, smtpPort, _ := net.SplitHostPort(w.mail.Addr)
	text := fmt.Sprintf(`language = "en"
[[mailbox]]
name = "work"
host = "127.0.0.1"
port = %s
tls = "none"
username = %q
oauth2 = { provider = %q, client_id = %q, client_secret = "client-secret", endpoint = %q }
trusted_authserv = ["mx.demo.example"]
[[digest]]
to = [%q]
[smtp]
host = "127.0.0.1"
port = %s
tls = "none"
username = %q
password = %q
from = "parcelwatch <me@demo.example>"
[store]
path = %q
[carriers.cainiao]
enabled = false
`, imapPort, demo.Address, provider, oauthtest.ClientID, w.service.URL, demo.Address, smtpPort, demo.Address, demo.Password, w.store)
	if err := os.WriteFile(w.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return w
}

// kept returns the login in the store.
func (w oauthWorld) kept(t *testing.T, provider string) string {
	t.Helper()
	raw, err := storeVault{driver.At(w.store, nil), time.Now, store.Home}.Secret(t.Context(), oauth.Key(provider, demo.Address))
	if err != nil {
		return ""
	}
	return raw
}

func TestALoginByCodeIsTriedKeptAndUsedByTheDaemon(t *testing.T) {
	t.Parallel()
	w := newOAuthWorld(t, provider.Microsoft, oauthtest.Config{})
	code, out, errs := command(t.Context(), "--config", w.config, "login", "work")
	if code != exitGood || !strings.Contains(out, "type the code ABCD-EFGH") || !strings.Contains(out, "accepts the login") {
		t.Fatalf("exit status %d\n%s%s", code, out, errs)
	}
	if !strings.Contains(w.kept(t, provider.Microsoft), "refresh-1") {
		t.Error("the login is not kept")
	}
	if info, err := os.Stat(w.store); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the store: %v, %v", info.Mode(), err)
	}
	d := startDaemon(t, w.config)
	w.box.deliver(t, fmt.Appendf(nil, letter, "LP00710020030040", time.Now().Format(time.RFC1123Z)))
	wait(t, "a parcel", func() bool {
		_, out, _ := command(t.Context(), "--config", w.config, "list")
		return strings.Contains(out, "LP00710020030040")
	})
	d.stop()
	for _, text := range []string{out, errs, d.errs.String()} {
		if strings.Contains(text, "access-") || strings.Contains(text, "refresh-") || strings.Contains(text, "client-secret") {
			t.Errorf("a token is shown:\n%s", text)
		}
	}
}

// typist opens the address shown on the screen and types the address at which the
// browser ended.
type typist struct {
	t    *testing.T
	out  *screen
	once sync.Once
	rest io.Reader
}

func (p *typist) Read(b []byte) (int, error) {
	p.once.Do(func() {
		var address string
		wait(p.t, "an address", func() bool {
			address = regexp.MustCompile(`http://\S+auth\?\S+`).FindString(p.out.String())
			return address != ""
		})
		c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		res, err := c.Get(address) //nolint:noctx // the client of a person has none
		if err != nil {
			p.t.Error(err)
			return
		}
		_ = res.Body.Close()
		p.rest = strings.NewReader(res.Header.Get("Location") + "\n")
	})
	return p.rest.Read(b)
}

func TestALoginByBrowserElsewhereIsPasted(t *testing.T) {
	t.Parallel()
	w := newOAuthWorld(t, provider.Google, oauthtest.Config{})
	out := &screen{}
	e := newEnv(env{in: &typist{t: t, out: out, rest: strings.NewReader("")}, out: out, err: out, getenv: func(string) string { return "" }})
	if code := run(t.Context(), []string{"--config", w.config, "login"}, e); code != exitGood {
		t.Fatalf("exit status %d\n%s", code, out)
	}
	if !strings.Contains(w.kept(t, provider.Google), "refresh-1") {
		t.Error("the login is not kept")
	}
	if form := w.service.Asked()[0]; form.Get("client_secret") != "client-secret" {
		t.Errorf("asked with %v", form)
	}
}

func TestALoginForAnotherAccountIsNotKept(t *testing.T) {
	t.Parallel()
	w := newOAuthWorld(t, provider.Microsoft, oauthtest.Config{Access: func(int) string { return "somebody-else" }})
	code, out, errs := command(t.Context(), "--config", w.config, "login", demo.Address)
	if code != exitFailed || !strings.Contains(errs, "log in as "+demo.Address) || w.kept(t, provider.Microsoft) != "" {
		t.Errorf("exit status %d\n%s%s", code, out, errs)
	}
}

func TestALoginSaysWhyThereIsNone(t *testing.T) {
	t.Parallel()
	t.Run("the person says no", func(t *testing.T) {
		t.Parallel()
		w := newOAuthWorld(t, provider.Microsoft, oauthtest.Config{Deny: true})
		if code, _, errs := command(t.Context(), "--config", w.config, "login"); code != exitFailed || !strings.Contains(errs, "allow the access") {
			t.Errorf("exit status %d, %s", code, errs)
		}
	})
	w := newOAuthWorld(t, provider.Microsoft, oauthtest.Config{})
	text, err := os.ReadFile(w.config)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, old, new, arg, want string
		code                      int
	}{
		{"the application is not known", oauthtest.ClientID, "other", "work", "check client_id", exitFailed},
		{"no such mailbox", "", "", "home", "There are: work", exitUsage},
		{"a mailbox with a password", "oauth2 = {", "password = \"x\" #", "work", "logs in with a password", exitUsage},
		{"no mailbox with OAuth2", "oauth2 = {", "password = \"x\" #", "", "no mailbox logs in by OAuth2", exitUsage},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "c.toml")
			if err := os.WriteFile(path, []byte(strings.Replace(string(text), c.old, c.new, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			args := []string{"--config", path, "login"}
			if c.arg != "" {
				args = append(args, c.arg)
			}
			if code, _, errs := command(t.Context(), args...); code != c.code || !strings.Contains(errs, c.want) {
				t.Errorf("exit status %d, %s", code, errs)
			}
		})
	}
}

func TestARevokedLoginIsToldWithWhatToDo(t *testing.T) {
	t.Parallel()
	w := newOAuthWorld(t, provider.Microsoft, oauthtest.Config{Lives: 60})
	if code, _, errs := command(t.Context(), "--config", w.config, "login"); code != exitGood {
		t.Fatal(errs)
	}
	w.service.Revoke()
	code, out, errs := command(t.Context(), "--config", w.config, "check")
	if code != exitFailed || !strings.Contains(out, "ended the login") || !strings.Contains(out, "parcelwatch login work") {
		t.Errorf("exit status %d\n%s%s", code, out, errs)
	}
	if strings.Contains(out+errs, "refresh-") {
		t.Errorf("a token is shown:\n%s%s", out, errs)
	}
	startDaemon(t, w.config)
	wait(t, "a mailbox that is refused", func() bool {
		_, doc := statusOf(t, w.config)
		return len(doc.Mailboxes) == 1 && doc.Mailboxes[0].State == "refused"
	})
}

func TestATokenServiceThatIsDownIsNoRefusal(t *testing.T) {
	t.Parallel()
	w := newOAuthWorld(t, provider.Microsoft, oauthtest.Config{Lives: 60})
	if code, _, errs := command(t.Context(), "--config", w.config, "login"); code != exitGood {
		t.Fatal(errs)
	}
	w.service.Break(http.StatusBadGateway)
	startDaemon(t, w.config)
	wait(t, "a mailbox that is broken", func() bool {
		_, doc := statusOf(t, w.config)
		return len(doc.Mailboxes) == 1 && doc.Mailboxes[0].State == "broken" && strings.Contains(doc.Mailboxes[0].Error, "502")
	})
}

func TestALoginIsKeptThoughTheMailServerIsAway(t *testing.T) {
	t.Parallel()
	w := newOAuthWorld(t, provider.Microsoft, oauthtest.Config{})
	text, err := os.ReadFile(w.config)
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(w.box.Addr)
	if err := os.WriteFile(w.config, bytes.Replace(text, []byte("port = "+port), []byte("port = 1"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := command(t.Context(), "--config", w.config, "login")
	if code != exitGood || !strings.Contains(errs, "could not be tried") || w.kept(t, provider.Microsoft) == "" {
		t.Errorf("exit status %d\n%s%s", code, out, errs)
	}
}

func TestOutgoingMailUsesTheLoginOfTheMailbox(t *testing.T) {
	t.Parallel()
	w := newOAuthWorld(t, provider.Microsoft, oauthtest.Config{})
	addr, shown := tokenOutbox(t)
	text, err := os.ReadFile(w.config)
	if err != nil {
		t.Fatal(err)
	}
	_, old, _ := net.SplitHostPort(w.mail.Addr)
	_, port, _ := net.SplitHostPort(addr)
	changed := strings.Replace(string(text), "port = "+old, "port = "+port, 1)
	changed = strings.Replace(changed, fmt.Sprintf("password = %q", demo.Password),
		fmt.Sprintf("oauth2 = { provider = %q, client_id = %q, endpoint = %q }", provider.Microsoft, oauthtest.ClientID, w.service.URL), 1)
	if err := os.WriteFile(w.config, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := command(t.Context(), "--config", w.config, "login", "work"); code != exitGood {
		t.Fatal(errs)
	}
	cfg, err := config.Load(w.config)
	if err != nil {
		t.Fatal(err)
	}
	s, err := app.SMTP(cfg, storeVault{driver.At(cfg.Store.Path, nil), time.Now, store.Home})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check(t.Context()); err != nil || shown() != "user="+demo.Address+"\x01auth=Bearer access-1\x01\x01" {
		t.Errorf("shown %q, %v", shown(), err)
	}
	if code, _, errs := command(t.Context(), "--config", w.config, "login", "smtp"); code != exitGood {
		t.Errorf("login smtp: %s", errs)
	}
	db, err := sqlite.Open(t.Context(), w.store, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer shut(db)
	if err := db.SetSecret(t.Context(), oauth.Key(provider.Microsoft, demo.Address), ""); err != nil {
		t.Fatal(err)
	}
	if s, err = app.SMTP(cfg, storeVault{driver.At(cfg.Store.Path, nil), time.Now, store.Home}); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "parcelwatch login smtp") {
		t.Errorf("without a login: %v", err)
	}
}

func TestSetupLogsInByCodeWhereAProviderHasEndedPasswords(t *testing.T) {
	t.Parallel()
	w := newOAuthWorld(t, provider.Microsoft, oauthtest.Config{})
	p := newPlaceFor(t)
	addr, shown := tokenOutbox(t)
	c := &setupCmd{
		IMAP: w.box.Addr, IMAPTLS: "none", SMTP: addr, SMTPTLS: "none", Service: "no", NoSample: true, Page: "no",
		ClientID: oauthtest.ClientID, Endpoint: w.service.URL,
	}
	wiz, out := p.wizard(c, "en_US.UTF-8", demo.Address, "DE", "", "", "", "")
	wiz.cfg.Store.Path = filepath.Join(p.dir, "setup.db")
	if err := wiz.run(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(out.String(), "ABCD-EFGH") || !strings.Contains(shown(), "access-1") {
		t.Errorf("shown %q, said:\n%s", shown(), out)
	}
	want := fmt.Sprintf("oauth2 = { provider = %q, client_id = %q, endpoint = %q }", provider.Microsoft, oauthtest.ClientID, w.service.URL)
	if got := p.read("parcelwatch.toml"); strings.Count(got, want) != 2 || strings.Contains(got, "password") {
		t.Errorf("configuration:\n%s", got)
	}
	raw, err := storeVault{driver.At(wiz.cfg.Store.Path, nil), time.Now, store.Home}.Secret(context.Background(), oauth.Key(provider.Microsoft, demo.Address))
	if err != nil || !strings.Contains(raw, "refresh-1") {
		t.Errorf("kept: %v", err)
	}
}

func TestAProviderThatHasEndedPasswordsIsToldSo(t *testing.T) {
	t.Parallel()
	p := newPlaceFor(t)
	w, out := p.wizard(&setupCmd{Service: "no"}, "ru_RU.UTF-8", "me@outlook.com")
	if err := w.run(t.Context()); err == nil || !strings.Contains(out.String(), "Microsoft больше не принимает пароли") || !strings.Contains(out.String(), "Client id: ") {
		t.Errorf("%v\n%s", err, out)
	}
	if got := w.found.IMAP; got != (netx.Server{Host: "outlook.office365.com", Port: 993, TLS: netx.TLSImplicit}) {
		t.Errorf("server %v", got)
	}
	p.untouched()
}
