//go:build unix

package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parcelwatch/config"
	"parcelwatch/internal/app"
	"parcelwatch/internal/demo"
	"parcelwatch/internal/netx"
	"parcelwatch/internal/setup"
)

// place is the environment of a setup: mail servers on loopback, and a folder.
type place struct {
	*testing.T
	inbox    *demo.Inbox
	outbound *demo.Outbound
	dir      string
	config   string
}

func newPlaceFor(t *testing.T) place {
	t.Helper()
	p := place{T: t, dir: t.TempDir()}
	p.config = filepath.Join(p.dir, "conf", "parcelwatch.toml")
	var err error
	if p.inbox, err = demo.OpenInbox(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.inbox.Close() })
	if p.outbound, err = demo.OpenOutbound(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.outbound.Close() })
	return p
}

// mails puts shipment mails into the inbox.
func (p place) mails(numbers ...string) {
	p.Helper()
	p.letters(letter, numbers...)
}

func (p place) letters(form string, numbers ...string) {
	p.Helper()
	for _, n := range numbers {
		if err := p.inbox.Deliver(fmt.Appendf(nil, form, n, time.Now().Format(time.RFC1123Z)), time.Now()); err != nil {
			p.Fatal(err)
		}
	}
}

// servers returns flags that select the servers of the test, in place of the table of
// providers.
func (p place) servers() *setupCmd {
	return &setupCmd{IMAP: p.inbox.Addr, IMAPTLS: "none", SMTP: p.outbound.Addr, SMTPTLS: "none", Service: "no", Page: "no"}
}

// wizard returns a wizard whose user types the lines.
func (p place) wizard(c *setupCmd, lang string, lines ...string) (*wizard, *screen) {
	p.Helper()
	out := &screen{}
	e := newEnv(env{
		in: strings.NewReader(strings.Join(lines, "\n") + "\n"), out: out, err: out,
		getenv: func(name string) string {
			return map[string]string{"LANG": lang, "HOME": p.dir, "TZ": "Europe/Moscow"}[name]
		},
	})
	e.flag = p.config
	w, err := newWizard(c, e)
	if err != nil {
		p.Fatal(err)
	}
	return w, out
}

func (p place) read(name string) string {
	p.Helper()
	raw, err := os.ReadFile(filepath.Join(filepath.Dir(p.config), name))
	if err != nil {
		p.Fatal(err)
	}
	return string(raw)
}

// untouched fails if anything was written.
func (p place) untouched() {
	p.Helper()
	if _, err := os.Stat(filepath.Dir(p.config)); !errors.Is(err, os.ErrNotExist) {
		p.Errorf("something was written: %v", err)
	}
}

func TestAPersonIsAskedAtMostNineQuestions(t *testing.T) {
	p := newPlaceFor(t)
	// Setup does not ask about the server's id: those of big providers are known.
	p.letters(strings.ReplaceAll(letter, "Authentication-Results: mx", "X-Other: mx"), "LP00710020030040", "RB123456785CN")
	c := p.servers()
	c.Service, c.Page = "", ""
	// A tenth question would find no answer.
	w, out := p.wizard(c, "ru_RU.UTF-8", demo.Address, demo.Password, "", "", "ems", "", "9:00, 19:30", "", "нет")
	if err := w.run(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		"найдено 2 отправления", "LP00710020030040", "Страна назначения: Россия", "cainiao", "пока не опрошен ни один", "Всё готово",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not said:\n%s", want, out)
		}
	}
	if strings.Contains(out.String(), demo.Password+"\n") {
		t.Errorf("the password is shown:\n%s", out)
	}
	cfg, err := config.Load(p.config)
	if err != nil {
		t.Fatal(err)
	}
	if err := cfg.Need(config.AllSections()...); err != nil {
		t.Fatal(err)
	}
	if cfg.Destination != "RU" || cfg.Language != "ru" || clocks(cfg.Digests[0].At) != "09:00, 19:30" || cfg.Digests[0].To[0] != demo.Address ||
		cfg.Web.Listen != "127.0.0.1:8417" {
		t.Errorf("configuration:\n%s", p.read("parcelwatch.toml"))
	}
	if password, err := cfg.Mailboxes[0].Password.Resolve(t.Context()); password != demo.Password || err != nil {
		t.Errorf("password: %q, %v", password, err)
	}
	if mails := p.outbound.Mails(); len(mails) != 1 || !strings.Contains(string(mails[0]), "X-Parcelwatch") {
		t.Errorf("%d sample digests were sent", len(mails))
	}
	if set, _, err := app.Carriers(t.Context(), cfg); err != nil {
		t.Error(err)
	} else if m, _ := set.Get("ems"); !m.Off {
		t.Error("a service that was refused is asked")
	}
}

func TestTheFilesAreTheirOwnersAlone(t *testing.T) {
	p := newPlaceFor(t)
	w, out := p.wizard(p.servers(), "en_US.UTF-8", demo.Address, demo.Password, "DE", "", "", "", "", "")
	if err := w.run(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	files, _ := filepath.Glob(filepath.Join(filepath.Dir(p.config), "*"))
	for _, f := range files {
		if info, err := os.Stat(f); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", f, info.Mode(), err)
		}
	}
	if len(files) != 2 {
		t.Errorf("files: %v", files)
	}
}

func TestStoppingAnywhereDoesNoHarm(t *testing.T) {
	all := []string{demo.Address, demo.Password, "DE", "en", "", demo.Address, "08:00"}
	for n := range all {
		t.Run(fmt.Sprintf("after %d answers", n), func(t *testing.T) {
			p := newPlaceFor(t)
			w, out := p.wizard(p.servers(), "en_US.UTF-8", all[:n]...)
			if n == 0 {
				w, out = p.wizard(p.servers(), "en_US.UTF-8")
			}
			err := w.run(t.Context())
			if !errors.Is(err, setup.ErrStopped) {
				t.Errorf("got %v\n%s", err, out)
			}
			p.untouched()
			if len(p.outbound.Mails()) != 0 {
				t.Error("a mail was sent")
			}
		})
	}
}

func TestFlagsAloneAreEnough(t *testing.T) {
	p := newPlaceFor(t)
	p.mails("LP00710020030040")
	password := filepath.Join(p.dir, "password")
	if err := os.WriteFile(password, []byte(demo.Password+"\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := command(t.Context(), "--config", p.config, "setup", "--yes", "--address", demo.Address, "--password-file", password,
		"--imap", p.inbox.Addr, "--imap-tls", "none", "--smtp", p.outbound.Addr, "--smtp-tls", "none", "--destination", "ua",
		"--language", "uk", "--timezone", "Europe/Kyiv", "--to", "a@example.org,b@example.org", "--at", "20:00", "--refuse", "upu")
	if code != exitGood {
		t.Fatalf("exit status %d\n%s%s", code, out, errs)
	}
	got := p.read("parcelwatch.toml")
	for _, want := range []string{
		`destination = "UA"`, `language = "uk"`, `timezone = "Europe/Kyiv"`, `to = ["a@example.org", "b@example.org"]`, `at = ["20:00"]`,
		"[carriers.upu]\nenabled = false", `password = { file = "demo.pass" }`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in\n%s", want, got)
		}
	}
	if strings.Contains(got, "trusted_authserv") {
		t.Error("a name that a mail holds was trusted without a question")
	}
	if strings.Contains(errs, "?") || p.read("demo.pass") != demo.Password+"\n" {
		t.Errorf("password or questions: %s", errs)
	}
}

func TestAMissingAnswerNamesItsFlag(t *testing.T) {
	p := newPlaceFor(t)
	base := []string{"--config", p.config, "setup", "--yes", "--imap", p.inbox.Addr, "--imap-tls", "none"}
	for want, args := range map[string][]string{
		"--address":       nil,
		"--password-file": {"--address", demo.Address, "--smtp", p.outbound.Addr, "--smtp-tls", "none"},
		"--imap":          {"--address", demo.Address, "--imap", "two words"},
		"--smtp":          {"--address", demo.Address, "--smtp", "x:0"},
	} {
		code, _, errs := command(t.Context(), append(base, args...)...)
		if code != exitUsage || !strings.Contains(errs, want) {
			t.Errorf("%s: exit status %d, %s", want, code, errs)
		}
	}
	p.untouched()
}

func TestARefusedPasswordIsAskedAgain(t *testing.T) {
	p := newPlaceFor(t)
	w, out := p.wizard(p.servers(), "en_US.UTF-8", demo.Address, "wrong", demo.Password, "DE", "", "", "", "")
	if err := w.run(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(out.String(), "refuses this login") || strings.Contains(out.String(), "wrong\n") {
		t.Errorf("said:\n%s", out)
	}
	if p.read("demo.pass") != demo.Password+"\n" {
		t.Error("the wrong password was kept")
	}
}

func TestRunAgainItStartsFromWhatIsThere(t *testing.T) {
	p := newPlaceFor(t)
	first, out := p.wizard(p.servers(), "en_US.UTF-8", demo.Address, demo.Password, "DE", "de", "upu", "x@example.org", "07:30")
	if err := first.run(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	own := "\n# mine\n[[rule]]\nname = \"other\"\nsender = \"shop.example\"\nbody = '''(?P<number>[A-Z0-9]{10,})'''\n"
	before := p.read("parcelwatch.toml") + own
	if err := os.WriteFile(p.config, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Run("Enter for all changes nothing", func(t *testing.T) {
		w, out := p.wizard(&setupCmd{Service: "no", NoSample: true}, "", "", "", "", "", "", "", "")
		if err := w.run(t.Context()); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if got := p.read("parcelwatch.toml"); got != before {
			t.Errorf("got\n%s\nwant\n%s", got, before)
		}
	})
	t.Run("another answer changes that alone", func(t *testing.T) {
		w, out := p.wizard(&setupCmd{Service: "no", NoSample: true, Page: "no"}, "", "", "PL", "", "-", "", "")
		if err := w.run(t.Context()); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		want := strings.Replace(before, `"DE"`, `"PL"`, 1)
		want = strings.Replace(want, "enabled = false\n", "", 1)
		if got := p.read("parcelwatch.toml"); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		if p.read("parcelwatch.toml.before-setup") != before {
			t.Error("what was there before is lost")
		}
	})
	t.Run("another address is added", func(t *testing.T) {
		c := p.servers()
		c.NoSample, c.SMTP = true, ""
		w, out := p.wizard(c, "", "other@demo.example", demo.Password)
		w.found.SMTP = netx.Server{Host: "127.0.0.1", Port: 1, TLS: netx.TLSNone}
		if err := w.run(t.Context()); !errors.Is(err, setup.ErrStopped) {
			t.Fatalf("the test's server knows no such user: %v\n%s", err, out)
		}
		if w.index != 1 || w.kept || w.box.Name != "demo-2" {
			t.Errorf("mailbox %d, %q", w.index, w.box.Name)
		}
	})
}

func TestOutgoingMailMayHaveALoginOfItsOwn(t *testing.T) {
	p := newPlaceFor(t)
	first, out := p.wizard(p.servers(), "en_US.UTF-8", demo.Address, demo.Password, "DE", "", "", "", "")
	if err := first.run(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text := p.read("parcelwatch.toml")
	at := strings.Index(text, "[smtp]")
	broken := text[:at] + strings.Replace(text[at:], "password = { file = \"demo.pass\" }", "password = \"wrong\"", 1)
	if err := os.WriteFile(p.config, []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	w, out := p.wizard(&setupCmd{Service: "no", NoSample: true, Page: "no"}, "", "", "", "", "", "", demo.Password, "", "")
	if err := w.run(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cfg, err := config.Load(p.config)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := cfg.SMTP.Password.Resolve(t.Context()); got != demo.Password || err != nil || p.read("demo-smtp.pass") != demo.Password+"\n" {
		t.Errorf("got %q, %v", got, err)
	}
	if !strings.Contains(out.String(), "does not accept this login") {
		t.Errorf("said:\n%s", out)
	}
}

func TestANewPasswordIsForOutgoingMailToo(t *testing.T) {
	p := newPlaceFor(t)
	first, out := p.wizard(p.servers(), "en_US.UTF-8", demo.Address, demo.Password, "DE", "", "", "", "")
	if err := first.run(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(p.config), "demo.pass"), []byte("old\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w, out := p.wizard(&setupCmd{Service: "no", NoSample: true, Page: "no"}, "", "", demo.Password, "", "", "", "", "")
	if err := w.run(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if p.read("demo.pass") != demo.Password+"\n" {
		t.Error("the new password is not kept")
	}
}

// TestWhatSetupTrustsIsTakenByTheConfiguration names an authority or a fingerprint for
// servers with and without TLS, also if the other of the two is configured.
func TestWhatSetupTrustsIsTakenByTheConfiguration(t *testing.T) {
	pin := "sha256:" + strings.Repeat("ab", 32)
	for _, modes := range [][2]netx.TLSMode{{"tls", "tls"}, {"tls", "none"}, {"none", "starttls"}, {"none", "none"}} {
		for _, flags := range []setupCmd{{}, {CA: "ca.pem"}, {Fingerprint: pin}} {
			for _, old := range []config.Server{{}, {CA: filepath.Join(t.TempDir(), "old.pem")}, {Fingerprint: "sha256:" + strings.Repeat("cd", 32)}} {
				p := newPlaceFor(t)
				c := p.servers()
				c.CA, c.Fingerprint, c.To = flags.CA, flags.Fingerprint, []string{demo.Address}
				w, _ := p.wizard(c, "C")
				w.box = config.Mailbox{Name: "demo", Folders: []string{"INBOX"}, Server: old}
				w.found = setup.Found{
					IMAP: netx.Server{Host: "127.0.0.1", Port: 993, TLS: modes[0]}, Username: demo.Address,
					SMTP: netx.Server{Host: "127.0.0.1", Port: 465, TLS: modes[1]}, SMTPUsername: demo.Address,
				}
				w.from, w.cfg.Destination, w.cfg.Language = demo.Address, "DE", "en"
				w.plan.To, w.plan.At = c.To, []string{"08:00"}
				w.apply()
				w.usePassword(demo.Password)
				if err := w.outServer(t.Context()); err != nil {
					t.Fatal(err)
				}
				if err := w.write(t.Context()); err != nil {
					t.Errorf("TLS %v, flags %q %q, before %q %q: %v", modes, flags.CA, flags.Fingerprint, old.CA, old.Fingerprint, err)
					continue
				}
				cfg, err := config.Load(p.config)
				if err != nil {
					t.Fatal(err)
				}
				for i, s := range []config.Server{cfg.Mailboxes[0].Server, cfg.SMTP.Server} {
					ca, pin := c.CA, c.Fingerprint
					switch {
					case modes[i] == netx.TLSNone:
						ca, pin = "", ""
					case ca == "" && pin == "" && i == 0:
						ca, pin = old.CA, old.Fingerprint
					case ca == "" && pin == "": // a pinned certificate is that of one server
						ca = old.CA
					}
					if s.CA != ca || s.Fingerprint != pin {
						t.Errorf("TLS %v, flags %q %q: server %d trusts %q %q", modes, flags.CA, flags.Fingerprint, i, s.CA, s.Fingerprint)
					}
				}
			}
		}
	}
}

func TestOneFingerprintServesBothServersHoweverItIsWritten(t *testing.T) {
	colons := strings.Repeat("AB:", 31) + "AB"
	for _, text := range []string{colons, "SHA256:" + colons, "sha256:" + strings.Repeat("ab", 32), strings.Repeat("ab", 32)} {
		p := newPlaceFor(t)
		c := p.servers()
		c.IMAPTLS, c.SMTPTLS, c.Fingerprint = "tls", "tls", text
		w, _ := p.wizard(c, "C")
		w.apply()
		w.applyOut()
		account, err := w.account(w.box)
		if err != nil || account.TLSConfig == nil || account.TLSConfig.VerifyConnection == nil {
			t.Errorf("%q for the mailbox: %v, the certificate is not pinned", text, err)
		}
		sender, err := w.sender()
		if err != nil || sender.TLSConfig == nil || sender.TLSConfig.VerifyConnection == nil {
			t.Errorf("%q for outgoing mail: %v, the certificate is not pinned", text, err)
		}
		if want := "sha256:" + strings.Repeat("ab", 32); w.box.Fingerprint != want || w.smtp.Fingerprint != want {
			t.Errorf("%q becomes %q and %q in the configuration", text, w.box.Fingerprint, w.smtp.Fingerprint)
		}
	}
	p := newPlaceFor(t)
	e := newEnv(env{in: strings.NewReader(""), out: io.Discard, err: io.Discard, getenv: func(string) string { return "" }})
	e.flag = p.config
	if _, err := newWizard(&setupCmd{Fingerprint: "AA:BB"}, e); err == nil || !strings.Contains(err.Error(), "AA:BB: \"sha256:\" and 64") {
		t.Errorf("a short fingerprint: %v", err)
	}
}
