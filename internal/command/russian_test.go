//go:build unix

package command

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parcelwatch/config"
	"parcelwatch/internal/app"
	"parcelwatch/internal/locale"
	"parcelwatch/parcel"
	"parcelwatch/service"
)

// untranslated is what may be in Latin letters in Russian output, and why.
var untranslated = []*regexp.Regexp{
	// What the libraries for DKIM and MIME say of a broken signature and a broken header.
	regexp.MustCompile(`dkim=[a-z]+ d=\S+: [^()]*|malformed MIME header initial line: .*`),
	regexp.MustCompile(`parcelwatch [a-z]+( [a-z]+)?`),                                                // commands to type
	regexp.MustCompile(`https?://\S+`),                                                                // addresses
	regexp.MustCompile(`\S*[/@\\]\S*`),                                                                // paths and addresses
	regexp.MustCompile(`<[^>]*>|\[[^\]]*\]`),                                                          // sections of the configuration, gaps in the usage line
	regexp.MustCompile(`web token [a-z]+`),                                                            // commands of three words
	regexp.MustCompile(`--[a-z-]+(=\S+)?`),                                                            // flags and their placeholders
	regexp.MustCompile(`\S*[_=.:0-9]\S*`),                                                             // keys, names of files, ids, verdicts such as dkim=pass
	regexp.MustCompile(`Settings, Security, Access Key|Shipment Tracking - Unified|API key|Suivi v2`), // what pages of carriers are called
}

// sentence is three words of a language in Latin letters. Lists of names have
// commas between them.
var sentence = regexp.MustCompile(`[A-Za-z]['’A-Za-z-]* +[a-z]['’A-Za-z-]* +[a-z]['’A-Za-z-]*`)

// english returns the English sentences in Russian output.
func english(output string) []string {
	for _, allowed := range untranslated {
		output = allowed.ReplaceAllString(output, "·")
	}
	return sentence.FindAllString(output, -1)
}

// speaker runs commands for a Russian and fails for each English sentence.
type speaker struct {
	*testing.T
	dir string
}

func (s speaker) run(typed string, args ...string) {
	s.Helper()
	if out := s.output(typed, args...); !s.judge(out) {
		s.Logf("parcelwatch %s:\n%s", strings.Join(args, " "), out)
	}
}

// output is what a command prints, on both channels.
func (s speaker) output(typed string, args ...string) string {
	s.Helper()
	var out screen
	ctx, cancel := context.WithTimeout(s.Context(), time.Minute)
	defer cancel()
	run(ctx, args, newEnv(env{
		in: strings.NewReader(typed), out: &out, err: &out,
		getenv: func(name string) string { return map[string]string{"LANG": "ru_RU.UTF-8", "HOME": s.dir}[name] },
	}))
	return out.String()
}

func (s speaker) judge(output string) (good bool) {
	s.Helper()
	found := english(output)
	for _, words := range found {
		s.Errorf("%q is said", words)
	}
	return len(found) == 0
}

func (s speaker) file(name, text string) string {
	s.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
	return path
}

// everyCarrier is a configuration that asks all of them at one address.
func (s speaker) everyCarrier(name, endpoint, more string) string {
	s.Helper()
	set, _, err := app.Carriers(s.Context(), config.Default())
	if err != nil {
		s.Fatal(err)
	}
	var text strings.Builder
	_, _ = fmt.Fprintf(&text, "language = \"ru\"\ndestination = \"RU\"\n[store]\npath = '%s.db'\n%s", filepath.Join(s.dir, name), more)
	for _, m := range set.Members() {
		_, _ = fmt.Fprintf(&text, "[carriers.%s]\nendpoint = %q\n", m.Info.Name, endpoint)
	}
	return s.file(name+".toml", text.String())
}

func TestARussianReadsNoEnglish(t *testing.T) {
	t.Parallel()
	t.Run("help", func(t *testing.T) {
		t.Parallel()
		s := speaker{t, t.TempDir()}
		s.run("")
		for _, name := range commands() {
			s.run("", name, "--help")
			s.run("", name, "--frob")
			s.run("", name, "a", "b", "c", "d")
			s.run("", name, "--config")
		}
		s.run("", "frob")
		s.run("", "trak")
		s.run("", "track")
		s.run("", "service", "frob")
		s.run("", "setup", "--service=perhaps")
	})
	t.Run("mails", func(t *testing.T) {
		t.Parallel()
		s := speaker{t, t.TempDir()}
		mails, _ := filepath.Glob(filepath.Join("..", "..", "testdata", "mail", "*.eml"))
		say, _ := locale.New("ru")
		sender, _, _ := strings.Cut(say.T("parse_sender", "Sender", "|"), "|")
		subject, _, _ := strings.Cut(say.T("parse_subject", "Subject", "|"), "|")
		var words []string
		for _, step := range parcel.Steps() {
			words = append(words, regexp.QuoteMeta(say.Step(step)))
		}
		steps := regexp.MustCompile(`^(` + strings.Join(words, "|") + `) \(.*\)$`)
		if len(mails) < 50 {
			t.Fatalf("%d mails", len(mails))
		}
		out := s.output("", append([]string{"parse"}, mails...)...)
		for line := range strings.Lines(out) {
			// What the mail says itself: its subject, the goods, the sender, its words for the step.
			if !strings.HasPrefix(line, "  - ") && !strings.HasPrefix(line, "  "+subject) && !strings.HasPrefix(line, "  "+sender) && !steps.MatchString(strings.TrimSpace(line)) {
				s.judge(line)
			}
		}
		s.run("", "parse", filepath.Join(s.dir, "none.eml"))
		s.run("", "parse", s.dir)
		s.run("", "parse", "--redact", "a", "b")
		s.run("", "parse", s.file("empty.eml", ""))
	})
	t.Run("carriers", func(t *testing.T) {
		t.Parallel()
		s := speaker{t, t.TempDir()}
		var answer atomic.Pointer[func(http.ResponseWriter)]
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { (*answer.Load())(w) }))
		t.Cleanup(server.Close)
		for name, does := range map[string]func(http.ResponseWriter){
			"failing": func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) },
			"denied":  func(w http.ResponseWriter) { w.WriteHeader(http.StatusForbidden) },
			"throttled": func(w http.ResponseWriter) {
				w.Header().Set("Retry-After", "60")
				w.WriteHeader(http.StatusTooManyRequests)
			},
			"missing": func(w http.ResponseWriter) { w.WriteHeader(http.StatusNotFound) },
			"page": func(w http.ResponseWriter) {
				_, _ = w.Write([]byte("<html><body>Please prove that you are human</body></html>"))
			},
			"empty": func(w http.ResponseWriter) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte("{}"))
			},
			"half": func(w http.ResponseWriter) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(`{"module":[{`))
			},
		} {
			answer.Store(&does)
			conf := s.everyCarrier(name, server.URL, "")
			s.run("", "track", "RB123456785CN", "--config", conf)
			s.run("", "track", "LP00710020030040", "--config", conf)
			s.run("", "track", "RB123456785CN", "--carrier", "usps", "--config", conf)
			s.run("", "track", "RB123456785CN", "--carrier", "nobody", "--config", conf)
			s.run("", "check", "--carriers", "--config", s.everyCarrier("check"+name, server.URL, broken))
		}
		conf := s.everyCarrier("closed", "http://127.0.0.1:1/", "")
		s.run("", "track", "RB123456785CN", "--config", conf)
		s.run("", "track", "1", "--config", conf)
		s.run("", "carriers", "--config", conf)
		s.run("", "carriers", "--answer", "usps", "--config", conf)
		s.run("", "status", "--config", conf)
	})
	t.Run("parcels", func(t *testing.T) {
		t.Parallel()
		s := speaker{t, t.TempDir()}
		conf := s.everyCarrier("parcels", "http://127.0.0.1:1/", broken)
		twice := func() {
			for _, args := range [][]string{
				{"list"},
				{"list", "--all"},
				{"status"},
				{"status", "-q"},
				{"show", "RB123456785CN"},
				{"rename", "RB123456785CN", "лампа"},
				{"mute", "RB123456785CN"},
				{"mute", "RB123456785CN", "--off"},
				{"done", "RB123456785CN"},
				{"done", "RB123456785CN", "--off"},
				{"merge", "RB123456785CN", "LP00710020030040"},
				{"merge", "RB123456785CN", "RB123456785CN"},
				{"split", "LP00710020030040"},
				{"split", "LP00710020030040"},
				{"digest"},
				{"digest", "--send"},
				{"digest", "--name", "nobody"},
				{"digest", "--sample"},
				{"digest", "--language", "xx"},
				{"digest", "--html", s.dir},
				{"backup", filepath.Join(s.dir, "no", "where", "b.db")},
				{"backup", s.dir},
				{"restore", filepath.Join(s.dir, "none.db")},
				{"restore", s.file("text.db", "this is not a database at all")},
				{"check"},
				{"carriers"},
				{"export"},
				{"export", "--csv"},
				{"login"},
				{"login", "home"},
				{"login", "nobody"},
				{"version"},
				{"merge", "x!", "y!"},
				{"show", "!"},
			} {
				s.run("", append(args, "--config", conf)...)
			}
		}
		twice()
		s.run("", "add", "RB123456785CN", "--config", conf)
		s.run("", "add", "RB123456785CN", "--config", conf)
		s.run("", "add", "LP00710020030040", "--title", "лампа", "--config", conf)
		s.run("", "add", "RB123456780CN", "--config", conf)
		s.run("", "add", "!", "--config", conf)
		twice()
		s.run("", "backup", filepath.Join(s.dir, "b.db"), "--config", conf)
		s.run("", "backup", filepath.Join(s.dir, "b.db"), "--config", conf)
		s.run("", "restore", filepath.Join(s.dir, "b.db"), "--config", conf)
		s.run("", "forget", "RB123456780CN", "--purge", "--config", conf)
		s.run("", "forget", "RB123456785CN", "--config", conf)
		s.run("", "forget", "LZ550104072SG", "--config", conf)
		bad := s.everyCarrier("bad", "http://127.0.0.1:1/", "")
		s.file("bad.db", "this is not a database at all")
		for _, name := range []string{"list", "status", "check", "digest", "export", "carriers", "track RB123456785CN", "add RB123456785CN", "run"} {
			s.run("", append(strings.Fields(name), "--config", bad)...)
		}
	})
	t.Run("configuration and service", func(t *testing.T) {
		t.Parallel()
		s := speaker{t, t.TempDir()}
		for i, text := range []string{
			"langage = \"ru\"", "language = \"xx\"", "language = ", "destination = \"Russia\"", "timezone = \"Mars\"", "[[mailbox]]\nport = \"x\"", "[[mailbox]]\nhost = \"h\"",
			"[[digest]]\nat = [\"25:00\"]", "[smtp]\nhost = \"\"", "[carriers.usps]\nclient_id = 3", "[carriers.nobody]\nenabled = true", "[[channel]]\nkind = \"smoke\"", "a = 1\na = 2", "[a", "\x00",
			"[store]\npath = 3", "[log]\nlevel = \"loud\"", "[[mailbox]]\nhost = \"h\"\nusername = \"u\"\npassword = { command = [\"false\"] }\n",
		} {
			conf := s.file(fmt.Sprintf("c%d.toml", i), text)
			s.run("", "run", "--config", conf)
			s.run("", "check", "--config", conf)
		}
		s.run("", "list", "--config", filepath.Join(s.dir, "none.toml"))
		s.run("", "list", "--config", s.dir)
		for _, action := range []string{"status", "stop", "uninstall", "reload", "restart", "start"} {
			s.run("", "service", action, "--user", "--name", "parcelwatch-nobody")
		}
		s.run("", "service", "install", "--user", "--name", "parcel watch/..", "--config", filepath.Join(s.dir, "none.toml"))
		s.run("", "service", "status", "--name", "parcelwatch-nobody")
	})
	t.Run("what the service manager did", func(t *testing.T) {
		t.Parallel()
		s := speaker{t, t.TempDir()}
		var out screen
		e := newEnv(env{out: &out, err: &out, getenv: func(string) string { return "ru" }})
		r := service.Report{Platform: "linux-systemd"}
		for _, what := range []service.StepKind{
			service.StepProgram, service.StepConfig, service.StepLater, service.StepData, service.StepLog, service.StepAccount,
			service.StepAccountMade, service.StepGranted, service.StepUnit, service.StepReplaced, service.StepUnchanged, service.StepAbsent,
			service.StepDisabled, service.StepRemoved, service.StepStarted, service.StepStopped, service.StepReloaded, service.StepRecovery,
			service.StepLinger,
		} {
			r.Steps = append(r.Steps, service.Step{What: what, Path: "/x"})
		}
		(&serviceCmd{User: true, Name: "family"}).report(e, r)
		if s.judge(out.String()); strings.Contains(out.String(), "service_") || strings.Count(out.String(), "\n") != len(r.Steps)+1 {
			t.Errorf("a step has no message:\n%s", out.String())
		}
	})
	t.Run("setup", func(t *testing.T) {
		t.Parallel()
		s := speaker{t, t.TempDir()}
		for i, typed := range []string{
			"", "nobody\nnobody@\n", "me@127.0.0.1\nsecret\n", "me@example.invalid\nsecret\n127.0.0.1:1\n", "me@example.org\n",
		} {
			conf := filepath.Join(s.dir, fmt.Sprintf("setup%d", i), "parcelwatch.toml")
			s.run(typed, "setup", "--imap", "127.0.0.1:1", "--imap-tls", "none", "--smtp", "127.0.0.1:1", "--smtp-tls", "none", "--config", conf)
		}
		conf := filepath.Join(s.dir, "flags", "parcelwatch.toml")
		for _, flags := range []string{
			"--address=x", "--imap=:", "--destination=Russia", "--timezone=Mars", "--at=25:00", "--language=xx", "--refuse=nobody", "--to=x", "--ca=none.pem",
			"--fingerprint=sha256:1", "--client-id=x", "--password-file=none.pass",
		} {
			s.run("me@example.org\nsecret\n", "setup", "--yes", "--service=no", "--address=me@example.org", "--imap=127.0.0.1:1", "--imap-tls=none", "--smtp=127.0.0.1:1", "--smtp-tls=none", "--config", conf, flags)
		}
	})
}

// commands are the names of all commands.
func commands() []string {
	var out screen
	run(context.Background(), nil, newEnv(env{in: strings.NewReader(""), out: &out, err: &out, getenv: func(string) string { return "" }}))
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^  ([a-z]+) `).FindAllStringSubmatch(out.String(), -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// broken are servers on which nobody answers.
const broken = `
[[mailbox]]
name = "home"
host = "127.0.0.1"
port = 1
tls = "none"
username = "me@example.org"
password = { file = "no.pass" }
[smtp]
host = "127.0.0.1"
port = 1
tls = "none"
from = "me@example.org"
[[digest]]
to = ["me@example.org"]
`
