//go:build unix

package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"parcelwatch/config"
	"parcelwatch/internal/demo"
	"parcelwatch/internal/setup"
)

// answers are those to all questions before the one about the page.
func answers(more ...string) []string {
	return append([]string{demo.Address, demo.Password, "DE", "", "", "", ""}, more...)
}

func TestThePageIsOpenedFromWhereAPersonSays(t *testing.T) {
	const password = "верный пароль"
	for name, c := range map[string]struct {
		lang    string
		typed   []string
		listen  string
		hash    bool
		said    []string
		flagged func(*setupCmd, string)
	}{
		"Enter: this computer":      {typed: []string{""}, listen: "127.0.0.1:8417", said: []string{"on this computer only", "http://127.0.0.1:8417/", "docs/home-assistant.md"}},
		"nowhere, after a mistake":  {typed: []string{"yes", "3"}, said: []string{"1, 2 or 3 is expected", "docs/home-assistant.md"}},
		"the network, in Russian":   {lang: "ru_RU.UTF-8", typed: []string{"2", "короче", password, "другой пароль", password, password}, listen: ":8417", hash: true, said: []string{"по паролю", "не короче 8 знаков", "пароль короче", "не совпали", "без шифрования", ":8417/"}},
		"the network, all by flags": {flagged: func(c *setupCmd, file string) { c.Page, c.PagePassword = "network", file }, listen: ":8417", hash: true},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlaceFor(t)
			cmd := p.servers()
			cmd.Page, cmd.NoSample = "", true
			if c.flagged != nil {
				file := filepath.Join(p.dir, "page-password")
				if err := os.WriteFile(file, []byte(password+"\r\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				c.flagged(cmd, file)
			}
			lang := c.lang
			if lang == "" {
				lang = "en_US.UTF-8"
			}
			w, out := p.wizard(cmd, lang, answers(c.typed...)...)
			if err := w.run(t.Context()); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, want := range c.said {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q is not said:\n%s", want, out)
				}
			}
			cfg, err := config.Load(p.config)
			if err != nil {
				t.Fatal(err)
			}
			if cfg.Web.Listen != c.listen || c.listen != ":8417" && len(cfg.Web.Hosts) > 0 {
				t.Errorf("[web] is %+v", cfg.Web)
			}
			files, _ := filepath.Glob(filepath.Join(filepath.Dir(p.config), "*"))
			for _, f := range files {
				info, err := os.Stat(f)
				if text := p.read(filepath.Base(f)); err != nil || strings.Contains(text, password) || info.Mode().Perm() != 0o600 {
					t.Errorf("%s: %v, %v\n%s", f, info.Mode(), err, text)
				}
			}
			if strings.Contains(out.String(), password) {
				t.Errorf("the password is shown:\n%s", out)
			}
			if !c.hash {
				return
			}
			kept, err := cfg.Web.Password.Resolve(t.Context())
			if err != nil || bcrypt.CompareHashAndPassword([]byte(kept), []byte(password)) != nil {
				t.Errorf("the password is kept as %q: %v", kept, err)
			}
		})
	}
}

func TestAPageThatIsThereIsNotAskedAbout(t *testing.T) {
	p := newPlaceFor(t)
	first, out := p.wizard(p.servers(), "en_US.UTF-8", answers()...)
	if err := first.run(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	own := p.read("parcelwatch.toml") + "\n[web] # mine\nlisten = \"127.0.0.1:9000\"\nprefix = \"/p\"\n"
	if err := os.WriteFile(p.config, []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	w, out := p.wizard(&setupCmd{Service: "no", NoSample: true}, "", "", "", "", "", "", "")
	if err := w.run(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := p.read("parcelwatch.toml"); got != own || !strings.Contains(out.String(), "http://127.0.0.1:9000/p/") {
		t.Errorf("got\n%s\nsaid\n%s", got, out)
	}
	for page, want := range map[string]string{"no": "\n[web] # mine\nprefix = \"/p\"\n", "here": "\n[web] # mine\nprefix = \"/p\"\nlisten = \"127.0.0.1:8417\"\n"} {
		w, out := p.wizard(&setupCmd{Service: "no", NoSample: true}, "", "", "", "", "", "", "")
		w.c.Page = setup.Page(page)
		if err := w.run(t.Context()); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if got := p.read("parcelwatch.toml"); !strings.HasSuffix(got, want) {
			t.Errorf("--page %s: got\n%s", page, got)
		}
	}
}

func TestANetworkPageNeedsAPasswordInAScript(t *testing.T) {
	p := newPlaceFor(t)
	password := filepath.Join(p.dir, "password")
	if err := os.WriteFile(password, []byte(demo.Password), 0o600); err != nil {
		t.Fatal(err)
	}
	short := filepath.Join(p.dir, "short")
	if err := os.WriteFile(short, []byte("1234567\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	base := []string{
		"--config", p.config, "setup", "--yes", "--address", demo.Address, "--password-file", password, "--imap", p.inbox.Addr,
		"--imap-tls", "none", "--smtp", p.outbound.Addr, "--smtp-tls", "none", "--destination", "de", "--language", "ru", "--page", "network",
	}
	for _, args := range [][]string{nil, {"--page-password-file", short}, {"--page-password-file", filepath.Join(p.dir, "none")}} {
		code, _, errs := command(t.Context(), append(base, args...)...)
		if code != exitUsage || !strings.Contains(errs, "--page-password-file") || strings.Contains(errs, "1234567") {
			t.Errorf("%v: exit status %d, %s", args, code, errs)
		}
	}
	p.untouched()
}
