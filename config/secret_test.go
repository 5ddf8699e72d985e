package config_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"parcelwatch/config"
)

// secretOf returns the secret configured as smtp.password.
func secretOf(t *testing.T, form string) config.Secret {
	t.Helper()
	return load(t, "[smtp]\npassword = "+form+"\n").SMTP.Password
}

func file(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return filepath.ToSlash(path)
}

func TestSecretsAreHadInEveryForm(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the commands are those of Unix")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "imap"), []byte("from systemd\n"), 0o444); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	t.Setenv("PARCELWATCH_TEST_SECRET", "from the environment")
	for form, want := range map[string]string{
		`"inline"`: "inline",
		`{ file = "` + file(t, "from a file\r\n", 0o600) + `" }`:          "from a file",
		`{ file = "` + file(t, "\ufeffпароль с пробелом ", 0o400) + `" }`: "пароль с пробелом ",
		`{ env = "PARCELWATCH_TEST_SECRET" }`:                             "from the environment",
		`{ command = ["printf", "%s\\n", "from a command; echo $HOME"] }`: "from a command; echo $HOME",
		`{ credential = "imap" }`:                                         "from systemd",
	} {
		got, err := secretOf(t, form).Resolve(t.Context())
		if got != want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", form, got, err, want)
		}
	}
}

func TestSecretsThatAreNotToBeHadSayWhy(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes and commands are those of Unix")
	}
	t.Setenv("CREDENTIALS_DIRECTORY", "")
	for _, tt := range [][2]string{
		{`{ file = "` + file(t, "hunter2", 0o644) + `" }`, "chmod 600"},
		{`{ file = "` + file(t, "hunter2\nhunter2", 0o600) + `" }`, "one line"},
		{`{ file = "` + file(t, "hunter2\x00", 0o600) + `" }`, "one line"},
		{`{ file = "` + file(t, "\n", 0o600) + `" }`, "empty"},
		{`{ file = "` + file(t, strings.Repeat("x", 70000), 0o600) + `" }`, "too large"},
		{`{ file = "none" }`, "no such file"},
		{`{ file = "/" }`, "secret from file /"},
		{`{ env = "PARCELWATCH_TEST_NONE" }`, "environment variable PARCELWATCH_TEST_NONE: it is empty"},
		{`{ command = ["sh", "-c", "echo hunter2 >&2; exit 3"] }`, "exit status 3"},
		{`{ command = ["head", "-c", "70000", "/dev/zero"] }`, "too large"},
		{`{ command = ["parcelwatch-none"] }`, "not found"},
		{`{ credential = "imap" }`, "LoadCredential=imap:FILE"},
		{`{ dpapi = "AAAA" }`, "Windows"},
	} {
		form, want := tt[0], tt[1]
		got, err := secretOf(t, form).Resolve(t.Context())
		if got != "" || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %q, %v, want %q", form, got, err, want)
		} else if strings.Contains(err.Error(), "hunter2") && !strings.Contains(form, "sh") {
			t.Errorf("%s: the secret is shown: %v", form, err)
		}
	}
	if _, err := (config.Secret{}).Resolve(t.Context()); err == nil {
		t.Error("a secret that is not configured was had")
	}
}

func TestACommandThatHangsEndsWithItsContext(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the command is that of Unix")
	}
	s := secretOf(t, `{ command = ["sleep", "60"] }`)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := s.Resolve(ctx); err == nil || !strings.Contains(err.Error(), "did not end in time") {
		t.Errorf("got %v", err)
	}
}

func TestNoVerbLogOrEncoderShowsASecret(t *testing.T) {
	t.Parallel()
	const word = "hunter2"
	c := load(t, `
[smtp]
password = "`+word+`"
proxy = "http://me:`+word+`@proxy.example:3128"
[carriers.dhl]
key = "`+word+`"
`)
	carriers, err := c.CarrierConfigs(map[string][]config.Setting{"dhl": {{Name: "key", Secret: true}}})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, log := range []*slog.Logger{slog.New(slog.NewTextHandler(&out, nil)), slog.New(slog.NewJSONHandler(&out, nil))} {
		log.Info("x", "secret", c.SMTP.Password, "smtp", c.SMTP, "proxy", c.SMTP.Proxy, "carrier", carriers["dhl"])
	}
	for _, v := range []any{c.SMTP.Password, &c.SMTP.Password, c.SMTP, &c.SMTP, c.SMTP.Proxy, carriers} {
		fmt.Fprintf(&out, "%v %+v %#v %s %q %x %d\n", v, v, v, v, v, v, v)
		if err := json.NewEncoder(&out).Encode(v); err != nil {
			t.Error(err)
		}
	}
	hex := fmt.Sprintf("%x", word)
	if s := out.String(); strings.Contains(s, word) || strings.Contains(s, hex) || !strings.Contains(s, "(hidden)") {
		t.Errorf("a secret is shown, or nothing stands for it:\n%s", s)
	}
	if got, err := c.SMTP.Password.Resolve(t.Context()); got != word || err != nil {
		t.Errorf("the program itself must have it: %q, %v", got, err)
	}
}
