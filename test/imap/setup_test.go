//go:build linux

package imap_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"parcelwatch/test/rig"
)

// household is where somebody sets the program up: a mailbox with mail of the
// shop, a server for outgoing mail, and nothing else.
type household struct {
	box     *server
	digests *server // where digests arrive
	config  string
	flags   []string
}

// Where in the flags these stand.
const (
	configFlag    = 2
	authorityFlag = 7
)

func newHousehold(t *testing.T, b brand) *household {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("skipped: Postfix needs root")
	}
	h := &household{box: b.start(t, "")}
	home := rig.StartDovecot(t, "", nil) // Postfix asks it for logins and gives it the digests
	h.digests = &server{&home.Server, "alice"}
	postfix := rig.StartPostfix(t, home)
	c := h.box.client(t, "alice")
	for i := range 3 {
		appendRaw(t, c, "INBOX", shipment(numbered(i), i))
	}
	dir := t.TempDir()
	authorities := filepath.Join(dir, "ca.pem") // both
	var pem strings.Builder
	for _, s := range []*server{h.box, h.digests} {
		one, err := os.ReadFile(s.CA())
		if err != nil {
			t.Fatal(err)
		}
		pem.Write(one)
	}
	if err := os.WriteFile(authorities, []byte(pem.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	h.config = filepath.Join(dir, "settings", "parcelwatch.toml")
	h.flags = []string{
		binary, "--config", h.config, "setup", "--username", "alice", "--ca", authorities,
		"--imap", fmt.Sprintf("127.0.0.1:%d", h.box.Port+1), "--smtp", fmt.Sprintf("127.0.0.1:%d", postfix.Port+1),
	}
	return h
}

// sits begins setup in a terminal in Russian.
func (h *household) sits(t *testing.T, flags ...string) *terminal {
	t.Helper()
	env := []string{"LC_ALL=ru_RU.UTF-8", "TZ=Europe/Moscow", "HOME=" + filepath.Dir(filepath.Dir(h.config)), "PARCELWATCH_CONFIG="}
	return startTerminal(t, env, append(h.flags, flags...)...)
}

// untouched fails where setup has left anything behind.
func (h *household) untouched(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(filepath.Dir(h.config)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something was written: %v", err)
	}
}

// dialogue is all that a person is asked, and the answers: nine questions. One
// more would wait for an answer for ever.
func dialogue() [][2]string {
	return [][2]string{
		{"Адрес вашей почты:", "alice@rig.test"},
		{"Пароль для alice (на экране не появится):", rig.Password},
		{"В какую страну приходят ваши посылки (код из двух букв) [RU]:", ""},
		{"Язык сводок (en ru uk be de fr es pt it pl nl tr kk pt-BR) [ru]:", ""},
		{"Кого из них никогда не спрашивать? Имена через пробел или Enter [никого]:", "cainiao"},
		{"Кому отправлять сводки (адреса через запятую) [alice@rig.test]:", ""},
		{"В какое время (можно несколько: 08:00, 19:00) [08:00]:", "8:00 и 19.30"},
		{"Где [1]:", ""},
		{"Установить parcelwatch как системную службу, чтобы на этом компьютере он работал всегда? (да/нет) [да]:", "нет"},
	}
}

func TestSetupInATerminalAsksNineQuestionsAndWorks(t *testing.T) {
	onEachServer(t, func(t *testing.T, b brand) {
		h := newHousehold(t, b)
		before := h.box.seen(t)
		s := h.sits(t)
		for _, line := range dialogue() {
			s.sees(line[0])
			s.types(line[1] + "\r")
		}
		s.sees("Всё готово")
		if status := s.ends(); status != 0 {
			t.Errorf("exit status %d", status)
		}
		said := s.plain()
		for _, want := range []string{"Вход выполнен: 127.0.0.1", "найдено 3 отправления", string(numbered(2)), "Почта России", "Отправлять почту можно", "Настройки записаны"} {
			if !strings.Contains(said, want) {
				t.Errorf("%q is not said", want)
			}
		}
		if strings.Contains(said, rig.Password) {
			t.Error("the password is on the screen")
		}
		t.Logf("the screen:\n%s", s.screen)
		if after := h.box.seen(t); after != before {
			t.Errorf("another mail program sees %s, before it was %s", after, before)
		}
		rig.Await(t, "the sample digest in the inbox", 20*time.Second, func() bool { return strings.Contains(h.digests.seen(t), "unseen 1 of 1") })
		if out, want := h.checked(t), "писем: 3, от магазина за 60 дней: 3"; !strings.Contains(out, want) {
			t.Errorf("check does not say %q:\n%s", want, out)
		}

		t.Run("run again, Enter for all changes nothing", func(t *testing.T) {
			was := h.settings(t)
			h.flags = h.flags[:4] // what was found out is known by now
			s := h.sits(t, "--no-sample")
			for range 6 {
				s.sees("]:")
				s.types("\r")
			}
			s.sees("(да/нет) [да]:")
			s.types("нет\r")
			s.sees("Всё готово")
			if status := s.ends(); status != 0 || h.settings(t) != was {
				t.Errorf("exit status %d, the settings were\n%s\nand are\n%s", status, was, h.settings(t))
			}
		})
	})
}

// TestSetupOffersTheFolderThatHoldsTheMail is for people who let their mail be
// sorted.
func TestSetupOffersTheFolderThatHoldsTheMail(t *testing.T) {
	onEachServer(t, func(t *testing.T, b brand) {
		h := newHousehold(t, b)
		c := h.box.client(t, "alice")
		makeFolders(t, c, "Покупки & прочее", "Drafts/Old")
		if _, err := c.Select("INBOX", nil).Wait(); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Move(imap.SeqSet{{Start: 1, Stop: 0}}, "Покупки & прочее").Wait(); err != nil {
			t.Fatal(err)
		}
		s := h.sits(t, "--no-sample")
		all := dialogue()
		for i, line := range all {
			s.sees(line[0])
			s.types(line[1] + "\r")
			if i == 1 {
				s.sees("Покупки & прочее — писем магазина: 3 Во входящих писем магазина нет. Следить и за этими папками? (да/нет) [да]:")
				s.types("\r")
				s.sees("найдено 3 отправления")
			}
		}
		s.sees("Всё готово")
		if status := s.ends(); status != 0 || !strings.Contains(h.settings(t), `folders = ["INBOX", "Покупки & прочее"]`) {
			t.Errorf("exit status %d, settings\n%s", status, h.settings(t))
		}
		h.checked(t)
	})
}

// TestSetupCanBeInterruptedAtEveryQuestion presses Ctrl-C at each of them.
func TestSetupCanBeInterruptedAtEveryQuestion(t *testing.T) {
	onEachServer(t, func(t *testing.T, b brand) {
		h := newHousehold(t, b)
		all := dialogue()
		for n := range all[:len(all)-1] { // before the last one it is written
			s := h.sits(t)
			for _, line := range all[:n] {
				s.sees(line[0])
				s.types(line[1] + "\r")
			}
			s.sees(all[n][0])
			s.types("\x03")
			if status := s.ends(); status != 1 || !strings.Contains(s.plain(), "прервано, ничего не записано") {
				t.Errorf("at question %d: exit status %d\n%s", n+1, status, s.screen)
			}
			h.untouched(t)
		}
		if got := h.digests.seen(t); !strings.Contains(got, "of 0") {
			t.Errorf("a digest was sent: %s", got)
		}
	})
}

func TestSetupByFlagsAloneWorks(t *testing.T) {
	onEachServer(t, func(t *testing.T, b brand) {
		h := newHousehold(t, b)
		password := filepath.Join(t.TempDir(), "password")
		if err := os.WriteFile(password, []byte(rig.Password+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		flags := append(h.flags, "--yes", "--address", "alice@rig.test", "--password-file", password, "--destination", "DE",
			"--language", "de", "--timezone", "Europe/Berlin", "--at", "07:00", "--service", "no")
		out, err := exec.CommandContext(t.Context(), flags[0], flags[1:]...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		h.checked(t)
		text := h.settings(t)
		for _, want := range []string{`destination = "DE"`, `language = "de"`, `at = ["07:00"]`} {
			if !strings.Contains(text, want) {
				t.Errorf("%s is missing in\n%s", want, text)
			}
		}
	})
}

func (h *household) settings(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(h.config)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// checked lets the program try what setup has written, and returns what it says.
func (h *household) checked(t *testing.T) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, binary, "--config", h.config, "check").CombinedOutput()
	if err != nil {
		t.Errorf("check: %v\n%s", err, out)
	}
	files, _ := filepath.Glob(filepath.Join(filepath.Dir(h.config), "*"))
	for _, f := range files {
		if info, err := os.Stat(f); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", f, info.Mode(), err)
		}
	}
	return string(out)
}
