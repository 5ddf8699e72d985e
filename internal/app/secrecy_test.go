package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/all"
	"parcelwatch/config"
	"parcelwatch/internal/logging"
	"parcelwatch/internal/oauth"
	"parcelwatch/internal/oauth/oauthtest"
	"parcelwatch/internal/provider"
	"parcelwatch/mailwatch"
	"parcelwatch/notify/shout"
)

// eventList is a fake of the Windows event log.
type eventList struct{ lines []string }

func (e *eventList) Error(v ...any) error   { return e.put(v) }
func (e *eventList) Warning(v ...any) error { return e.put(v) }
func (e *eventList) Info(v ...any) error    { return e.put(v) }

func (e *eventList) put(v []any) error {
	e.lines = append(e.lines, fmt.Sprint(v...))
	return nil
}

const needle = "hunter2needle"

// secretConfig has a secret in every setting that takes one.
const secretConfig = `
[[mailbox]]
host = "imap.example.org"
username = "me@example.org"
password = "hunter2needle"
proxy = "socks5://me:hunter2needle@127.0.0.1:9050"
[[mailbox]]
host = "imap.example.net"
username = "me@example.net"
oauth2 = { provider = "google", client_id = "x", client_secret = "hunter2needle" }
[[digest]]
to = ["me@example.org"]
[smtp]
host = "smtp.example.org"
username = "me@example.org"
password = "hunter2needle"
from = "me@example.org"
[alarm]
ping = "https://ping.example/hunter2needle"
[[channel]]
url = "ntfy://:hunter2needle@ntfy.example/topic"
[carriers.russianpost]
login = "hunter2needle"
password = "hunter2needle"
[carriers.seventeentrack]
key = "hunter2needle"
`

// holders returns values that contain a secret. Those of the first list are the secret
// itself and hide it from every verb and encoder; those of the second are values that a
// careless log line might contain.
func holders(t *testing.T) (secrets, careless []any) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "parcelwatch.toml")
	if err := os.WriteFile(path, []byte(secretConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	p := c.Mailboxes[0].Proxy
	var app oauth.App
	token := login(t, &app)
	secrets = []any{
		config.Plain(needle), c.SMTP.Password, &c.SMTP.Password, p, c.Alarm.Ping, c.Channels[0].URL, c.Mailboxes[1].OAuth2.ClientSecret,
		mailwatch.Credential{Username: "me", Password: needle, Token: needle},
		token,
	}
	careless = []any{
		app, &app, c, *c, c.Mailboxes, c.Mailboxes[0], c.SMTP, c.Channels[0], c.Carriers, c.Carriers["russianpost"], p.URL(),
		&url.URL{Scheme: "https", Path: "/" + needle},
		http.Header{"X-Key": {needle}},
		&http.Request{Header: http.Header{"X-Key": {needle}}},
		carriers.Config{Settings: map[string]string{"key": needle}},
		carriers.Options{Settings: map[string]string{"key": needle}},
		map[string]string{"key": needle},
		[]byte(needle), &slog.Record{Message: needle},
		struct{ Key any }{needle},
	}
	for _, f := range all.Factories() {
		settings := map[string]string{}
		for _, s := range f.Info.Settings {
			settings[s.Name] = needle
		}
		one, err := f.New(carriers.Config{BaseURL: "https://post.example", HTTP: http.DefaultClient, Settings: settings})
		if err != nil {
			t.Fatal(err)
		}
		careless = append(careless, one)
	}
	set, _, err := Carriers(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	channel, err := shout.New("phone", "ntfy://:"+needle+"@ntfy.example/topic")
	if err != nil {
		t.Fatal(err)
	}
	account, err := Account(c, c.Mailboxes[0], &MemoryVault{})
	if err != nil {
		t.Fatal(err)
	}
	mail, err := SMTP(c, &MemoryVault{})
	if err != nil {
		t.Fatal(err)
	}
	return secrets, append(careless, set, channel, account, mail)
}

// login returns a token as issued by a login.
func login(t *testing.T, app *oauth.App) oauth.Token {
	t.Helper()
	s := oauthtest.Open(oauthtest.Config{Access: func(int) string { return needle }})
	t.Cleanup(s.Close)
	*app = oauth.App{Provider: provider.Microsoft, ClientID: oauthtest.ClientID, ClientSecret: needle, Endpoint: s.URL}
	token, err := app.Device(t.Context(), http.DefaultClient, func(oauth.Code) {})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestNoLogShowsASecretWhateverItIsGiven(t *testing.T) {
	t.Parallel()
	secrets, careless := holders(t)
	c := config.Default()
	c.Log.Level, c.Log.File = "debug", filepath.Join(t.TempDir(), "x.log")
	var out bytes.Buffer
	var events eventList
	fields := func(_ int, text string, fields map[string]string) error {
		_, err := fmt.Fprintln(&out, text, fields)
		return err
	}
	for _, s := range []logging.Sinks{{Stderr: &out, Events: &events}, {Stderr: &out, Prefixed: true}, {Stderr: &out, Journal: fields}} {
		l, err := logging.Open(s, c.Log)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range append(secrets, careless...) {
			l.With("with", v).WithGroup("g").Error("given", "value", v, slog.Group("group", "deep", v), "list", []any{v}, "map", map[string]any{"k": v})
		}
		l.Close()
	}
	file, err := os.ReadFile(c.Log.File)
	if err != nil {
		t.Fatal(err)
	}
	n := len(secrets) + len(careless)
	for name, text := range map[string]string{"stderr and journal": out.String(), "file": string(file), "event log": strings.Join(events.lines, "\n")} {
		if strings.Count(text, "given") < n {
			t.Errorf("%s: fewer than %d lines", name, n)
		}
		for line := range strings.Lines(text) {
			if strings.Contains(line, needle) {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
}

func TestSecretsHideFromEveryVerbAndEncoder(t *testing.T) {
	t.Parallel()
	secrets, _ := holders(t)
	for _, v := range secrets {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			if got := fmt.Sprintf(verb, v); strings.Contains(got, needle) || strings.Contains(got, fmt.Sprintf("%x", needle)) {
				t.Errorf("%s of %s: %s", verb, reflect.TypeOf(v), got)
			}
		}
		if data, err := json.Marshal(v); err == nil && bytes.Contains(data, []byte(needle)) {
			t.Errorf("JSON of %s: %s", reflect.TypeOf(v), data)
		}
	}
}
