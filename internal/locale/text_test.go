package locale_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/message"
)

var clauseID = regexp.MustCompile(`"((?:fault|do|config|kind|proof|unread)_[a-z0-9_]+)"`)

// unknownKind matches the kind of name passed to config.Unknown, by oneOf too.
var unknownKind = regexp.MustCompile(`\b(?:Unknown\(|oneOf\([^"]*|among\(.+?, )"([a-z]+)"`)

// clauseIDs returns the ids of the clauses used in the program's sources.
func clauseIDs(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && path != root):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") && d.Name() != "providers.toml" || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range clauseID.FindAllSubmatch(src, -1) {
			out[string(m[1])] = true
		}
		for _, m := range unknownKind.FindAllSubmatch(src, -1) {
			out["unknown_"+string(m[1])+"_near"], out["unknown_"+string(m[1])+"_one_of"] = true, true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEveryClauseHasAMessageAndEveryMessageAClause(t *testing.T) {
	t.Parallel()
	named := clauseIDs(t)
	known := messages(t, "en", "faults.toml")
	maps.Copy(known, messages(t, "en", "advice.toml"))
	maps.Copy(known, messages(t, "en", "config.toml"))
	maps.Copy(known, messages(t, "en", "mail.toml"))
	delete(known, "raw")
	for _, id := range slices.Sorted(maps.Keys(named)) {
		if known[id] == nil {
			t.Errorf("%s is named in the program and has no message", id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(known)) {
		if !named[id] {
			t.Errorf("%s has a message and is named nowhere", id)
		}
	}
}

func TestFault(t *testing.T) {
	t.Parallel()
	refused := message.New("fault_login_refused", "Host", "imap.example.org", "Text", "no\r\nway").And(message.New("do_yandex"))
	given := message.New("fault_given_up").And(message.New("fault_silent", "Host", "smtp.example.org:465"))
	for _, c := range []struct {
		name, language string
		fault          message.Text
		want           string
	}{
		{"what to do comes behind a semicolon", "en", refused, "imap.example.org refuses the login (no way); Yandex wants an app password (https://id.yandex.ru/security/app-passwords) and IMAP switched on in the mail settings"},
		{"in Russian all of it is Russian", "ru", refused, "imap.example.org отклонил вход (no way); Яндексу нужен пароль приложения (https://id.yandex.ru/security/app-passwords), а доступ по IMAP должен быть включён в настройках почты"},
		{"a cause comes behind a colon", "de", given, "nach tagelangen Versuchen aufgegeben: smtp.example.org:465 antwortet nicht"},
		{"advice can be left out", "kk", refused.What(), "imap.example.org кіргізбейді (no way)"},
		{"a clause of a newer program is named", "pl", message.New("fault_of_tomorrow"), "brak tekstu dla fault_of_tomorrow, komunikatu innej wersji programu"},
		{"no fault is no text", "fr", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, err := locale.New(c.language)
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Text(c.fault); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
	if got, want := locale.English(given), "gave up after several days of trying: smtp.example.org:465 does not answer"; got != want {
		t.Errorf("in English: %q, want %q", got, want)
	}
}

func TestCapital(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ language, text, want string }{
		{"tr", "ilerledi: 3", "İlerledi: 3"},
		{"en", "in transit", "In transit"},
		{"ru", "ёлка", "Ёлка"},
		{"kk", "қозғалыста", "Қозғалыста"},
		{"de", "", ""},
		{"de", "\xff", "\xff"},
	} {
		p, err := locale.New(c.language)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Capital(c.text); got != c.want {
			t.Errorf("%s: %q becomes %q, want %q", c.language, c.text, got, c.want)
		}
	}
}

func TestMessagesOfOtherVersionsAreShownInWords(t *testing.T) {
	t.Parallel()
	stored := []message.Text{
		message.New("fault_post_denied").And(message.New("fault_post_captcha")),
		message.New("fault_of_a_later_version", "Host", "x"),
		message.New("fault_other"), // without the values that its words need
	}
	for _, language := range locale.Languages() {
		p, err := locale.New(language)
		if err != nil {
			t.Fatal(err)
		}
		for i, text := range stored {
			got := p.Text(text)
			if strings.HasPrefix(got, "fault_") || i == 0 && strings.Contains(got, "_") {
				t.Errorf("%s: %q", language, got)
			}
		}
	}
	p, err := locale.New("en")
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Text(stored[0]); !strings.Contains(got, "asks for a captcha") {
		t.Errorf("an older version's captcha: %q", got)
	}
}
