package setup_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	toml "github.com/pelletier/go-toml/v2"

	"parcelwatch/config"
	"parcelwatch/internal/netx"
	"parcelwatch/internal/setup"
)

// plan returns a plan with typical answers.
func plan() setup.Plan {
	return setup.Plan{
		Destination: "RU", Language: "ru",
		Mailbox: config.Mailbox{
			Server: config.Server{Server: netx.Server{Host: "imap.example.org", Port: 993, TLS: netx.TLSImplicit}, Username: "me@example.org"},
			Name:   "home", Folders: []string{"INBOX", `A "b" \ c`},
		},
		SMTP: config.SMTP{
			Server: config.Server{Server: netx.Server{Host: "smtp.example.org", Port: 587, TLS: netx.TLSStart}, Username: "me@example.org"},
			From:   "me@example.org",
		},
		MailboxLogin: setup.Login{PasswordFile: "home.pass"}, SMTPLogin: setup.Login{PasswordFile: "home.pass"},
		To: []string{"me@example.org"}, At: []string{"08:00", "19:00"},
	}
}

// load parses a configuration as the daemon does.
func load(t *testing.T, text string) *config.Config {
	t.Helper()
	path := filepath.Join(t.TempDir(), "c.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path)
	if err == nil {
		err = c.Need(config.AllSections()...)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return c
}

// tree returns the parsed content, independent of the layout.
func tree(t *testing.T, text string) map[string]any {
	t.Helper()
	var out map[string]any
	if err := toml.Unmarshal([]byte(text), &out); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return out
}

func TestANewConfigurationIsWhole(t *testing.T) {
	t.Parallel()
	p := plan()
	p.Timezone = "Europe/Moscow"
	p.Refused = []string{"cainiao"}
	p.Mailbox.TrustedAuthserv = []string{"mx.example.org"}
	text := p.Edit("")
	c := load(t, text)
	m := c.Mailboxes[0]
	if m.Name != "home" || m.Folders[1] != `A "b" \ c` || m.TrustedAuthserv[0] != "mx.example.org" || c.SMTP.Port != 587 || c.Timezone.Name != "Europe/Moscow" {
		t.Errorf("got %+v\n%s", m, text)
	}
	if again := p.Edit(text); again != text {
		t.Errorf("a second time it changes:\n%s", again)
	}
	for _, word := range []string{"secret", "\n\n\n"} {
		if strings.Contains(text, word) {
			t.Errorf("%q in\n%s", word, text)
		}
	}
}

func TestWhatSetupKnowsNothingOfStaysAsItIs(t *testing.T) {
	t.Parallel()
	old := `# mine
timezone = "Asia/Omsk"   # far away

[[mailbox]] # the first
name = "work" # [not a header]
host = "imap.work.example"
username = "w@work.example"
password = { command = ["pass", "show",
  "work"] } # over two lines
forwarders = [
  "a@example.org", # [x]
  'b@example.org',
]

[[mailbox]]
name     = "home"
host     = "old.example.org"
username = "me@example.org"
since = "30d"
[mailbox.oauth2]
provider = "google"
client_id = "x"

[[rule]]
name = "other"
sender = "shop.example"
body = '''
[smtp]
(?P<number>[A-Z0-9]{10,})'''

[ "smtp" ]
host = "smtp.old.example"
from = "Parcels <me@example.org>"
username = "u"
password = "p"

[[digest]]
cron = "0 8 * * *"
to = ["x@example.org"]
weekly = true
[carriers.upu]
enabled = false
proxy = "socks5://127.0.0.1:9050"`
	p := plan()
	p.Index, p.SMTP.From = 1, ""
	p.Allowed = []string{"upu", "ems"}
	p.Refused = []string{"cainiao"}
	got := tree(t, p.Edit(old))
	want := tree(t, old)
	want["destination"], want["language"] = "RU", "ru"
	boxes, _ := want["mailbox"].([]any)
	boxes[1] = map[string]any{
		"name": "home", "host": "imap.example.org", "port": int64(993), "tls": "tls", "username": "me@example.org", "since": "30d",
		"password": map[string]any{"file": "home.pass"}, "folders": []any{"INBOX", `A "b" \ c`},
	}
	want["smtp"] = map[string]any{
		"host": "smtp.example.org", "port": int64(587), "tls": "starttls", "from": "Parcels <me@example.org>", "username": "me@example.org",
		"password": map[string]any{"file": "home.pass"},
	}
	want["digest"] = []any{map[string]any{"to": []any{"me@example.org"}, "at": []any{"08:00", "19:00"}, "weekly": true}}
	want["carriers"] = map[string]any{
		"upu": map[string]any{"proxy": "socks5://127.0.0.1:9050"}, "cainiao": map[string]any{"enabled": false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s\n%s", diff, p.Edit(old))
	}
	for _, kept := range []string{"# mine\n", "# far away\n", "[[mailbox]] # the first\n", "  \"a@example.org\", # [x]\n"} {
		if !strings.Contains(p.Edit(old), kept) {
			t.Errorf("%q is lost", kept)
		}
	}
}

func TestAKeptPasswordStays(t *testing.T) {
	t.Parallel()
	p := plan()
	first := p.Edit("")
	p.MailboxLogin, p.SMTPLogin = setup.Login{}, setup.Login{}
	if got := p.Edit(first); got != first {
		t.Errorf("got\n%s", got)
	}
}

func TestALoginByOAuth2TakesThePlaceOfThePassword(t *testing.T) {
	t.Parallel()
	p := plan()
	old := p.Edit("")
	p.MailboxLogin = setup.Login{
		OAuth2:     &config.OAuth2{Provider: "google", ClientID: `a"b`, Endpoint: "https://login.example"},
		SecretFile: "home.client-secret",
	}
	p.SMTPLogin = p.MailboxLogin
	c := load(t, p.Edit(old))
	if o := c.Mailboxes[0].OAuth2; o == nil || o.ClientID != `a"b` || o.Endpoint != "https://login.example" || o.ClientSecret.IsZero() {
		t.Errorf("got %+v", o)
	}
	back := plan()
	if c := load(t, back.Edit(p.Edit(old))); c.Mailboxes[0].OAuth2 != nil || c.SMTP.OAuth2 != nil {
		t.Error("it does not go back to a password")
	}
}

// example returns the configuration that packages install as a starting point.
func example(tb testing.TB) string {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "config", "example.toml"))
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

func TestTheExampleCanBeSetUp(t *testing.T) {
	t.Parallel()
	text := plan().Edit(example(t))
	if c := load(t, text); c.Mailboxes[0].Host != "imap.example.org" || len(c.Carriers) == 0 {
		t.Errorf("got\n%s", text)
	}
	if !strings.Contains(text, "# [[channel]]") {
		t.Error("what is only a hint in the example is lost")
	}
}

func TestAServerThatAsksForNoLoginGetsNone(t *testing.T) {
	t.Parallel()
	p := plan()
	old := p.Edit("")
	p.SMTP.Username, p.SMTPLogin = "", setup.Login{}
	if c := load(t, p.Edit(old)); c.SMTP.Username != "" || !c.SMTP.Password.IsZero() {
		t.Error("a login is left")
	}
}

// FuzzEdit checks that Edit keeps unknown settings in any valid TOML file.
func FuzzEdit(f *testing.F) {
	for _, seed := range []string{
		"", "# only a comment", "a = 1", "a = [\n1, # ]\n]\n[b.c]\nd = '''\n[smtp]\n'''", "[smtp]\nx = \"\\\"[\"\n[[mailbox]]\n[mailbox.password]\nfile='x'",
		"a = \"\"\"\n[x]\n\\\"\"\"\"\n[[digest]]\nb = {c = [1]}", example(f),
		"a = '''\n[x]\n'''''\n[[t]]\nb = {c = []}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, old string) {
		var before, after map[string]any
		if toml.Unmarshal([]byte(old), &before) != nil {
			t.Skip()
		}
		for _, ours := range []string{"destination", "language", "mailbox", "digest", "smtp", "carriers", "timezone"} {
			if _, there := before[ours]; there && strings.ContainsAny(old, `."'{`) {
				t.Skip() // Edit does not support this form; the caller detects it by loading the result
			}
		}
		text := plan().Edit(old)
		if err := toml.Unmarshal([]byte(text), &after); err != nil {
			t.Skip() // for example, a key that is a table elsewhere; the caller detects it by loading the result
		}
		for key, v := range before {
			if _, table := v.(map[string]any); !table && !cmp.Equal(v, after[key]) && key != "destination" && key != "language" && key != "mailbox" && key != "digest" {
				t.Errorf("%s was %v and is %v\n%s", key, v, after[key], text)
			}
		}
	})
}

func TestFilesAreWrittenInOneStepForTheirOwnerAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a", "b", "x.pass")
	if err := setup.Writable(path); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"one", "two"} {
		if err := setup.WriteFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if raw, err := os.ReadFile(path); string(raw) != text || err != nil {
			t.Errorf("got %q, %v", raw, err)
		}
	}
	files, err := os.ReadDir(filepath.Dir(path))
	if len(files) != 1 || err != nil {
		t.Errorf("left behind: %v, %v", files, err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	for was, want := range map[os.FileMode]os.FileMode{0o600: 0o600, 0o644: 0o640, 0o640: 0o640, 0o400: 0o600} {
		if err := os.Chmod(path, was); err != nil {
			t.Fatal(err)
		}
		if err := setup.WriteFile(path, []byte("x")); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%v became %v, want %v (%v)", was, info.Mode().Perm(), want, err)
		}
	}
}

func TestAPlaceThatCannotBeWrittenIsNamed(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(file, "x")
	if err := setup.Writable(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
	if err := setup.WriteFile(path, nil); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
}
