package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/config"
	"parcelwatch/internal/netx"
	"parcelwatch/parcel"
)

// write puts a configuration into a new directory that others cannot read.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "parcelwatch.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t *testing.T, text string) *config.Config {
	t.Helper()
	c, err := config.Load(write(t, text))
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return c
}

const good = `
destination = "RU"
language = "ru"
timezone = "Europe/Moscow"
[[mailbox]]
name = "home"
host = "imap.example.org"
username = "me@example.org"
password = { file = "imap.pass" }
[[digest]]
to = ["me@example.org"]
at = ["08:00", "19:30"]
quiet = "23:00-07:00"
[smtp]
host = "smtp.example.org"
from = "Parcels <me@example.org>"
`

func TestLoadFillsInWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	c := load(t, good)
	if err := c.Need(config.AllSections()...); err != nil {
		t.Fatalf("Need: %v", err)
	}
	m := c.Mailboxes[0]
	if m.Port != 993 || m.TLS != netx.TLSImplicit || m.Since.String() != "60d" {
		t.Errorf("mailbox: port %d, tls %q, since %v", m.Port, m.TLS, m.Since)
	}
	if diff := cmp.Diff([]string{"INBOX"}, m.Folders); diff != "" {
		t.Error(diff)
	}
	if got := m.Password.Where(); got != "file "+filepath.Join(filepath.Dir(c.Path), "imap.pass") {
		t.Errorf("a relative secret is beside the file: got %s", got)
	}
	d := c.Digests[0]
	if d.Name != "digest" || d.Language != "ru" || d.At[1].String() != "19:30" {
		t.Errorf("digest: %q, %q, %v", d.Name, d.Language, d.At)
	}
	want := []parcel.Status{parcel.ReadyForPickup, parcel.OutForDelivery, parcel.CustomsHold, parcel.AttemptFailed}
	if diff := cmp.Diff(want, d.Urgent); diff != "" {
		t.Error(diff)
	}
	if c.SMTP.Port != 465 || c.Protection.Days != 60 || c.Protection.Remind != 7 {
		t.Errorf("defaults: smtp port %d, protection %+v", c.SMTP.Port, c.Protection)
	}
	if c.Timezone.Location().String() != "Europe/Moscow" || !filepath.IsAbs(c.Store.Path) {
		t.Errorf("zone %v, store %q", c.Timezone.Location(), c.Store.Path)
	}
}

func TestPortAndModeFollowEachOther(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		mode netx.TLSMode
		port int
	}{
		{``, netx.TLSImplicit, 465},
		{`port = 587`, netx.TLSStart, 587},
		{`tls = "starttls"`, netx.TLSStart, 587},
		{`tls = "tls"`, netx.TLSImplicit, 465},
		{"tls = \"none\"\nport = 25", netx.TLSNone, 25},
	} {
		c := load(t, "[smtp]\nhost = \"127.0.0.1\"\nfrom = \"a@b.example\"\n"+tt.text)
		if c.SMTP.TLS != tt.mode || c.SMTP.Port != tt.port {
			t.Errorf("%q: got %s %d, want %s %d", tt.text, c.SMTP.TLS, c.SMTP.Port, tt.mode, tt.port)
		}
		if err := c.Need(config.NeedSMTP); err != nil {
			t.Errorf("%q: %v", tt.text, err)
		}
	}
}

// TestLoadNamesWhatIsWrong: every line of want is "line: key: words in it".
func TestLoadNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text string
		line int
		key  string
		want string
	}{
		"an unknown key has its nearest name":     {"[[mailbox]]\nname = \"x\"\nprot = 993\n", 3, "mailbox.prot", `did you mean "port"?`},
		"an unknown section too":                  {"language = \"ru\"\n[mailboxes]\nx = 1\n", 2, "mailboxes", `did you mean "mailbox"?`},
		"a beginning is enough":                   {"[smtp]\npass = \"x\"\n", 2, "smtp.pass", `did you mean "password"?`},
		"nothing near lists what there is":        {"[log]\ncolour = 1\n", 2, "log.colour", "file, level"},
		"upper case is another key":               {"LANGUAGE = \"ru\"\n", 1, "LANGUAGE", `did you mean "language"?`},
		"a general key below a section":           {"[smtp]\nhost = \"x\"\nlanguage = \"ru\"\n", 3, "smtp.language", "belongs above the first [section]"},
		"in an inline table":                      {"\nmailbox = [{ name = \"a\", prot = 3 }]\n", 2, "mailbox.prot", `"port"`},
		"in the second of two":                    {"[[mailbox]]\nname = \"a\"\n[[mailbox]]\nhots = \"x\"\n", 4, "mailbox.hots", `"host"`},
		"one bracket where two are needed":        {"[mailbox]\nname = \"a\"\n", 1, "mailbox", "[[mailbox]]"},
		"a text for a number":                     {"[[mailbox]]\nport = \"993\"\n", 2, "mailbox.port", "a number without quotes"},
		"a number for a text":                     {"[smtp]\nhost = 3\n", 2, "smtp.host", "a text in quotes"},
		"a text for a list":                       {"[[mailbox]]\nfolders = \"INBOX\"\n", 2, "mailbox.folders", "a list in [brackets]"},
		"a number in a list":                      {"[[mailbox]]\nfolders = [\"a\", 3]\n", 2, "mailbox.folders", "a text in quotes"},
		"a text for true":                         {"[[digest]]\nalways = \"yes\"\n", 2, "digest.always", "true or false"},
		"a decimal number for a number":           {"[protection]\ndays = 1.5\n", 2, "protection.days", "a decimal number"},
		"a value for a section":                   {"smtp = 3\n", 1, "smtp", "a table is expected"},
		"a value for all carriers":                {"carriers = 3\n", 1, "carriers", "a table is expected"},
		"a duration without unit":                 {"[[mailbox]]\nsince = 60\n", 2, "mailbox.since", `"60d"`},
		"a duration of nonsense":                  {"[[mailbox]]\nsince = \"sixty\"\n", 2, "mailbox.since", `"60d"`},
		"a clock of 25 hours":                     {"[[digest]]\nat = [\"08:00\", \"25:00\"]\n", 2, "digest.at", `"08:00"`},
		"quiet hours of nonsense":                 {"[[digest]]\nquiet = \"night\"\n", 2, "digest.quiet", `"23:00-07:00"`},
		"an unknown zone":                         {"timezone = \"Europe/Moskau\"\n", 1, "timezone", "Europe/Moscow"},
		"an unknown language":                     {"language = \"rus\"\n", 1, "language", `did you mean "ru"?`},
		"a postal code with a street":             {"destination = \"NL\"\npostal_code = \"Main Street 5\"\n", 2, "postal_code", `"1012 AB"`},
		"a postal code without a country":         {"postal_code = \"1012 AB\"\n", 1, "postal_code", "destination is needed"},
		"a country in full":                       {"destination = \"Russia\"\n", 1, "destination", `"RU"`},
		"an unknown kind of connection":           {"[smtp]\ntls = \"startls\"\n", 2, "smtp.tls", `did you mean "starttls"?`},
		"an unknown level":                        {"[log]\nlevel = \"warning\"\n", 2, "log.level", `did you mean "warn"?`},
		"a proxy without scheme":                  {"[smtp]\nproxy = \"127.0.0.1:9050\"\n", 2, "smtp.proxy", "socks5://"},
		"a regular expression of many steps":      {"[[rule]]\nbody = '(?P<number>(?:(?:[A-Z0-9]{1,30}[ -]?){1,5}[.]){1,3})'\n", 2, "rule.body", "too large: it may have 1000 characters, and 400 steps"},
		"a regular expression of many characters": {"[[rule]]\nbody = '(?P<number>" + strings.Repeat("A", 1000) + ")'\n", 2, "rule.body", "too large"},
		"a broken regular expression":             {"[[rule]]\nbody = '('\n", 2, "rule.body", "regular expression"},
		"a secret with two forms":                 {"[smtp]\npassword = { file = \"a\", env = \"B\" }\n", 2, "smtp.password", "exactly one"},
		"a secret with an unknown form":           {"[smtp]\npassword = { fiel = \"a\" }\n", 2, "smtp.password", `did you mean "file"?`},
		"a secret that is a number":               {"[smtp]\npassword = 1234\n", 2, "smtp.password", "a text in quotes"},
		"a command that is a text":                {"[smtp]\npassword = { command = \"pass show\" }\n", 2, "smtp.password", "a list is expected"},
		"a credential with a folder":              {"[smtp]\npassword = { credential = \"../x\" }\n", 2, "smtp.password", "without a folder"},
		"reminding before the start":              {"[protection]\ndays = 5\n", 1, "protection.remind", "0 to 4"},
		"protection without end":                  {"[protection]\ndays = 4000\n", 2, "protection.days", "1 to 365"},
		"a log without a size":                    {"[log]\nsize = 0\n", 2, "log.size", "1 to 1000"},
		"a log of endless copies":                 {"[log]\ncopies = 101\n", 2, "log.copies", "1 to 100"},
		"a log that goes at once":                 {"[log]\nage = \"1h\"\n", 2, "log.age", "1d"},
		"an alarm at once":                        {"[alarm]\nafter = \"1s\"\n", 2, "alarm.after", "1m"},
		"a shop domain that is an address":        {"[shop]\ndomains = [\"a@aliexpress.com\"]\n", 2, "shop.domains", "a domain is expected"},
		"a backslash path":                        {"[store]\npath = \"C:\\ProgramData\\x.db\"\n", 2, "", "'single quotes'"},
		"a Windows path with a hexadecimal look":  {"[store]\npath = \"C:\\users\\x.db\"\n", 2, "", "'single quotes'"},
		"a key twice":                             {"language = \"ru\"\nlanguage = \"en\"\n", 2, "language", "stands twice"},
		"a section twice":                         {"[smtp]\nhost = \"a\"\n[smtp]\nport = 3\n", 3, "smtp", "stands twice"},
		"a value without quotes":                  {"language = ru\n", 1, "", "not in quotes"},
		"a value missing":                         {"language = \n", 1, "", "missing"},
		"a quote not closed":                      {"language = \"ru\n", 1, "", "quote is not closed"},
		"a line of prose":                         {"language = \"ru\"\nhello there\n", 2, "", "key = value"},
		"an open bracket":                         {"[smtp\nhost = \"a\"\n", 1, "", "brackets"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Load(write(t, tt.text))
			var e *config.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want a *config.Error", err)
			}
			if e.Line != tt.line || tt.key != "" && e.Key != tt.key || !strings.Contains(e.Error(), tt.want) {
				t.Errorf("got line %d, key %q, %q\nwant line %d, key %q, words %q", e.Line, e.Key, e.Error(), tt.line, tt.key, tt.want)
			}
			if filepath.Base(e.File) != "parcelwatch.toml" || strings.ContainsAny(e.Error(), "\n\r") {
				t.Errorf("one line with the file's name is wanted: %q", e.Error())
			}
		})
	}
}

func TestLoadNamesEverythingAtOnce(t *testing.T) {
	t.Parallel()
	_, err := config.Load(write(t, "langage = \"ru\"\n[smtp]\nhsot = \"x\"\nport = \"465\"\n"))
	var all config.Errors
	if !errors.As(err, &all) || len(all) != 3 {
		t.Fatalf("got %v, want three problems", err)
	}
}

// TestAHostileFileCostsLittle: each of these files once took a minute.
func TestAHostileFileCostsLittle(t *testing.T) {
	t.Parallel()
	var many, tables strings.Builder
	for i := range 15_000 {
		fmt.Fprintf(&many, "%s%d = 1\n", strings.Repeat("x", 50), i)
		fmt.Fprintf(&tables, "[[mailbox]]\nq%d = 1\n", i)
	}
	for name, text := range map[string]string{
		"many unknown keys":  many.String(),
		"many unknown parts": tables.String(),
		"a deep key":         strings.Repeat("a.", 300_000) + "a = 1\n",
		"a deep list":        "a = " + strings.Repeat("[", 5_000) + strings.Repeat("]", 5_000) + "\n",
		"an open list":       "a = " + strings.Repeat("[", 20_000),
	} {
		_, err := config.Parse("x.toml", []byte(text))
		if err == nil || strings.Count(err.Error(), "\n") > 40 || len(err.Error()) > 20_000 {
			t.Errorf("%s: %d bytes of error", name, len(fmt.Sprint(err)))
		}
	}
}

func TestLoadReadsWhatWindowsEditorsWrite(t *testing.T) {
	t.Parallel()
	t.Run("a byte order mark is no matter", func(t *testing.T) {
		t.Parallel()
		if c := load(t, "\ufefflanguage = \"ru\"\r\n[smtp]\r\nhost = 'x'\r\n"); c.Language != "ru" || c.SMTP.Host != "x" {
			t.Errorf("got %q, %q", c.Language, c.SMTP.Host)
		}
	})
	for name, text := range map[string]string{
		"UTF-16 with a mark":      "\xff\xfel\x00a\x00",
		"UTF-16 big endian":       "\xfe\xff\x00l\x00a",
		"UTF-16 without a mark":   "l\x00a\x00n\x00",
		"text of another charset": "# \xcf\xf0\xe8\xe2\xe5\xf2\nlanguage = \"ru\"\n",
	} {
		t.Run(name+" is named", func(t *testing.T) {
			t.Parallel()
			_, err := config.Load(write(t, text))
			if err == nil || !strings.Contains(err.Error(), "UTF-8") {
				t.Errorf("got %v, want advice to save as UTF-8", err)
			}
		})
	}
}

func TestLoadRefusesWhatIsNoFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := config.Load(filepath.Join(dir, "none.toml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: got %v", err)
	}
	if _, err := config.Load(dir); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("folder: got %v", err)
	}
	if _, err := config.Load(write(t, "#"+strings.Repeat("x", 1<<20))); err == nil || !strings.Contains(err.Error(), "1 MB") {
		t.Errorf("huge file: got %v", err)
	}
}

func TestErrorsShowNoValue(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	for _, text := range []string{
		"[smtp]\npassword = \"" + secret + "\nport = 3\n",
		"[smtp]\npassword = \"" + secret + "\"\nport = = 3\n",
		"[smtp]\npassword = " + secret + "\n",
		"[smtp]\npassword = [\"" + secret + "\"]\n",
		"[smtp]\npassword = { file = [\"" + secret + "\"] }\n",
		"[smtp]\npassword = \"\\" + secret + "\"\n",
		"[smtp]\nport = \"" + secret + "\"\n",
		"[smtp]\ntls = \"" + secret + "\"\n",
		"[smtp]\npassword = \"" + secret + "\" \"" + secret + "\"\n",
		"[smtp]\nproxy = \"ftp://me:" + secret + "@x\"\n",
		"timezone = \"" + secret + "\"\nlanguage = \"" + secret + "\"\ndestination = \"" + secret + "\"\n",
	} {
		_, err := config.Load(write(t, text))
		if err == nil {
			t.Errorf("%q: loaded", text)
		} else if strings.Contains(err.Error(), secret) {
			t.Errorf("%q: the value is shown: %v", text, err)
		}
	}
}

func TestAFileWithSecretsThatOthersReadIsRefused(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("modes say nothing on Windows")
	}
	for name, tt := range map[string]struct {
		text    string
		mode    os.FileMode
		refused bool
	}{
		"an inline password, read by all":       {"[smtp]\npassword = \"x\"\n", 0o644, true},
		"an inline password, written by groups": {"[smtp]\npassword = \"x\"\n", 0o620, true},
		"an inline password, the owner's":       {"[smtp]\npassword = \"x\"\n", 0o600, false},
		"a carrier's key, read by all":          {"[carriers.dhl]\nkey = \"x\"\n", 0o644, true},
		"a carrier's login, read by all":        {"[carriers.russianpost]\nlogin = \"x\"\n", 0o644, false},
		"a proxy's password, read by all":       {"[smtp]\nproxy = \"http://a:b@c:1\"\n", 0o644, true},
		"a password file, read by all":          {"[smtp]\npassword = { file = \"x\" }\n", 0o644, false},
		"no secret, read by all":                {"language = \"en\"\n", 0o644, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := write(t, tt.text)
			if err := os.Chmod(path, tt.mode); err != nil {
				t.Fatal(err)
			}
			_, err := config.Load(path)
			if (err != nil) != tt.refused {
				t.Errorf("got %v, want refused %v", err, tt.refused)
			}
			if err != nil && !strings.Contains(err.Error(), "chmod 600") {
				t.Errorf("what to do is missing: %v", err)
			}
		})
	}
}

// example returns the configuration that packages install as a starting point.
func example(tb testing.TB) string {
	tb.Helper()
	text, err := os.ReadFile("example.toml")
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

func TestTheExampleIsRightAndWhole(t *testing.T) {
	t.Parallel()
	text := example(t)
	c := load(t, text)
	if err := c.Need(config.AllSections()...); err != nil {
		t.Errorf("as it is: %v", err)
	}
	// Commented-out lines must be valid too if they can be combined with the
	// rest.
	for _, key := range []string{
		"require_verified", "trusted_authserv", "forwarders", "name = \"family\"", "mailboxes", "language = ", "always", "calendar", "weekly", "quiet", "ping",
		"enabled", "endpoint", "proxy", "file = ", "path", "[[", "name = ", "url", "urgent", "digest", "sender", "subject", "body",
	} {
		text = regexp.MustCompile(`(?m)^# (`+regexp.QuoteMeta(key)+`.*)$`).ReplaceAllString(text, "$1")
	}
	c = load(t, text)
	if err := c.Need(config.AllSections()...); err != nil {
		t.Errorf("uncommented: %v", err)
	}
	if len(c.Rules) != 1 || len(c.Channels) != 1 || !c.Mailboxes[0].RequireVerified || !c.Digests[0].Calendar || c.Digests[0].Quiet.From.Hour() != 23 {
		t.Errorf("not all was uncommented: %d rules, %d channels", len(c.Rules), len(c.Channels))
	}
}

func TestDurationsAndSpans(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{"60d": "60d", "36h": "1d12h", "2w": "14d", "90m": "1h30m", "60m": "1h", "3661s": "1h1m1s", "0d": "0s"} {
		d, err := config.ParseDuration(s)
		back, again := config.ParseDuration(config.Duration(d).String())
		if got := config.Duration(d).String(); got != want || back != d || err != nil || again != nil {
			t.Errorf("%s: written as %s, want %s; read again %v, %v, %v", s, got, want, back, err, again)
		}
	}
	for s, want := range map[string]time.Duration{
		"60d": 1440 * time.Hour, "1d12h": 36 * time.Hour, "2w": 336 * time.Hour, "90m": 90 * time.Minute, "10s": 10 * time.Second, "0d": 0,
	} {
		if got, err := config.ParseDuration(s); got != want || err != nil {
			t.Errorf("%s: got %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "d", "60", "-1d", "1.5d", "99999999999d", "4000d", "3000d3000d", "1y", "1д", " 1d"} {
		if got, err := config.ParseDuration(s); err == nil {
			t.Errorf("%q: got %v, want an error", s, got)
		}
	}
	night := config.Span{From: 23 * 60, To: 7 * 60}
	day := config.Span{From: 9 * 60, To: 17 * 60}
	for hour, want := range map[int][2]bool{0: {true, false}, 6: {true, false}, 7: {false, false}, 9: {false, true}, 16: {false, true}, 17: {false, false}, 23: {true, false}} {
		at := time.Date(2026, 3, 1, hour, 0, 0, 0, time.UTC)
		if night.Holds(at) != want[0] || day.Holds(at) != want[1] || (config.Span{}).Holds(at) {
			t.Errorf("%d h: night %v, day %v", hour, night.Holds(at), day.Holds(at))
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte(example(f)))
	f.Add([]byte("a.b.c = [[1, {x = 2}]]\n[[a.d]]\n[a.d.e]\nf = 1\n"))
	f.Add([]byte("[smtp]\npassword.env = 'y'\npassword.file = 'z'\n"))
	f.Add([]byte("\xff\xfe\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := config.Parse("x.toml", data)
		if (c == nil) == (err == nil) {
			t.Fatalf("both or neither: %v, %v", c, err)
		}
		if err == nil {
			_ = c.Need(config.AllSections()...)
			return
		}
		for one := range strings.Lines(err.Error()) {
			if !strings.HasPrefix(one, "x.toml") {
				t.Fatalf("a line that does not name the file: %q", one)
			}
		}
	})
}
