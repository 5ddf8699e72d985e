//go:build unix

package command

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"parcelwatch/internal/demo"
	"parcelwatch/internal/setup"
)

// silence is a fake DNS with no records except srv.
type silence struct{ srv []*net.SRV }

func (s silence) LookupSRV(_ context.Context, service, _, name string) (string, []*net.SRV, error) {
	if s.srv != nil && service == "imaps" {
		return name, s.srv, nil
	}
	return "", nil, errors.New("no such name")
}

// nobody returns a client for a network in which no page exists.
func nobody() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("no network")
	}}}
}

func (silence) LookupMX(context.Context, string) ([]*net.MX, error) {
	return nil, errors.New("no such name")
}

// trap is a server that fails the test if it receives anything.
func trap(t *testing.T) *net.TCPAddr {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := l.Accept()
		if err == nil {
			first := make([]byte, 1)
			n, _ := conn.Read(first)
			t.Errorf("a server nobody agreed to was sent %d bytes", n)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	addr, _ := l.Addr().(*net.TCPAddr)
	return addr
}

func TestAPasswordGoesToNobodyThePersonDidNotAgreeTo(t *testing.T) {
	at := trap(t)
	elsewhere := silence{srv: []*net.SRV{{Target: "127.0.0.1.", Port: uint16(at.Port)}}}
	t.Run("asked, and the answer is no", func(t *testing.T) {
		p := newPlaceFor(t)
		w, out := p.wizard(&setupCmd{Service: "no"}, "en_US.UTF-8", "me@nowhere.example", "no")
		w.discover = setup.Discoverer{Names: elsewhere, HTTP: nobody()}
		if err := w.run(t.Context()); !errors.Is(err, setup.ErrStopped) {
			t.Errorf("got %v", err)
		}
		if !strings.Contains(out.String(), "Your password would be sent to 127.0.0.1:") {
			t.Errorf("said:\n%s", out)
		}
		p.untouched()
	})
	t.Run("nobody to ask", func(t *testing.T) {
		p := newPlaceFor(t)
		password := filepath.Join(p.dir, "password")
		if err := os.WriteFile(password, []byte("secret"), 0o600); err != nil {
			t.Fatal(err)
		}
		w, _ := p.wizard(&setupCmd{Service: "no", Yes: true, Address: "me@nowhere.example", PasswordFile: password}, "en_US.UTF-8")
		w.discover = setup.Discoverer{Names: elsewhere, HTTP: nobody()}
		if err := w.run(t.Context()); codeOf(err) != exitUsage || !strings.Contains(err.Error(), "--imap 127.0.0.1:") {
			t.Errorf("got %v", err)
		}
		p.untouched()
	})
}

func TestAConfigurationThatCannotBeReadIsLeftAlone(t *testing.T) {
	p := newPlaceFor(t)
	if err := os.MkdirAll(filepath.Dir(p.config), 0o700); err != nil {
		t.Fatal(err)
	}
	const broken = "[[mailbox]]\nhoost = 1\n"
	if err := os.WriteFile(p.config, []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, errs := command(t.Context(), "--config", p.config, "setup", "--yes")
	if code != exitUsage || !strings.Contains(errs, `"host"`) || p.read("parcelwatch.toml") != broken {
		t.Errorf("exit status %d, %s", code, errs)
	}
}

func TestAPlaceThatCannotBeWrittenIsToldBeforeAnythingIsAsked(t *testing.T) {
	p := newPlaceFor(t)
	if err := os.WriteFile(filepath.Dir(p.config), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := command(t.Context(), "--config", p.config, "setup")
	if code != exitFailed || !strings.Contains(errs, "cannot be written") || strings.Contains(out, "address") {
		t.Errorf("exit status %d, %s%s", code, out, errs)
	}
}

func TestAContextThatEndsStopsTheWaitForAnAnswer(t *testing.T) {
	p := newPlaceFor(t)
	in, typing := io.Pipe()
	t.Cleanup(func() { _ = typing.Close() })
	out := &screen{}
	e := newEnv(env{in: in, out: out, err: out, getenv: func(string) string { return "" }})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, []string{"--config", p.config, "setup"}, e) }()
	wait(t, "the first question", func() bool { return strings.Contains(out.String(), "Your email address: ") })
	cancel()
	if code := <-ended; code != exitFailed || !strings.Contains(out.String(), "nothing was written") {
		t.Errorf("exit status %d\n%s", code, out)
	}
	p.untouched()
}

func TestAMistypedAnswerIsAskedAgainInThePersonsLanguage(t *testing.T) {
	p := newPlaceFor(t)
	w, out := p.wizard(p.servers(), "ru_RU.UTF-8", "petr", demo.Address, demo.Password, "Russia", "RU", "klingon", "ru", "nobody", "-", "you", demo.Address, "25:00", "8.00")
	if err := w.run(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"это не почтовый адрес", "ожидаются две буквы", "такого языка здесь нет", "ожидается время"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not said:\n%s", want, out)
		}
	}
	if got := p.read("parcelwatch.toml"); !strings.Contains(got, `at = ["08:00"]`) {
		t.Errorf("settings:\n%s", got)
	}
}

func TestNothingIsSaidInEnglishInARussianSetup(t *testing.T) {
	p := newPlaceFor(t)
	two := filepath.Join(p.dir, "two.txt")
	if err := os.WriteFile(two, []byte("one\ntwo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{"a missing file": filepath.Join(p.dir, "нет"), "two lines": two} {
		c := p.servers()
		c.PasswordFile = file
		w, _ := p.wizard(c, "ru_RU.UTF-8", demo.Address)
		err := w.run(t.Context())
		if err == nil {
			t.Fatalf("%s: the password is taken", name)
		}
		said := strings.NewReplacer("--password-file", "", file, "").Replace(err.Error())
		if strings.ContainsFunc(said, func(r rune) bool { return r < 0x80 && unicode.IsLetter(r) }) {
			t.Errorf("%s: %q is not all Russian", name, err)
		}
	}
}
