package locale_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"parcelwatch/internal/locale"
	"parcelwatch/parcel"
)

// phraseTable is a language's file of phrases.
func phraseTable(t *testing.T, language string) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("phrases", language+".toml"))
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]string
	if err := toml.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// internalTexts are those of package config that no person reads: beginnings
// that wrap an error, what a library's message is searched for, parts that
// stand for themselves.
var internalTexts = regexp.MustCompile(`^(config: .*|duration .*|Library/.*|toml: |run: icacls "|" /inheritance.*|@ /:|invalid escape character|` +
	`unicode escape|hexadecimal digit|is already defined|already exists|start of value|strings must be quoted|new lines|not terminated|` +
	`(file|environment variable|command|credential) |a blob of this Windows machine|the configuration|` +
	`no secret is configured|it is empty|one line of text is expected|it is too large to be a secret|it did not end in time|others can read it|` +
	`[%\]s:;, {}wq]*|%w; run: chmod 600 %s|%w: looked for .*)$`)

// said are the texts of a package's sources.
func said(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no sources: %v", err)
	}
	var out []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, err := strconv.Unquote(lit.Value); err == nil && strings.Contains(s, " ") {
					out = append(out, s)
				}
			}
			return true
		})
	}
	return out
}

var verb = regexp.MustCompile(`%[a-zA-Z]`)

func TestEveryTextOfTheConfigurationHasAPhrase(t *testing.T) {
	t.Parallel()
	known := phraseTable(t, "ru")
	all := strings.Join(slices.Sorted(maps.Keys(known)), "\n")
	found := 0
	for _, text := range said(t, filepath.Join("..", "..", "config")) {
		if internalTexts.MatchString(text) {
			continue
		}
		found++
		if !strings.Contains(all, verb.ReplaceAllString(strings.TrimSpace(text), "%s")) {
			t.Errorf("not in phrases/ru.toml: %s", text)
		}
	}
	if found < 80 {
		t.Errorf("only %d texts found in package config", found)
	}
	for english, own := range known {
		if strings.Count(english, "%s") != strings.Count(own, "%s") {
			t.Errorf("other gaps than in the English: %s", own)
		}
	}
}

func TestPhrase(t *testing.T) {
	t.Parallel()
	ru, err := locale.New("ru")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, english, want string }{
		{"a whole sentence", "1 to 65535 is expected", "нужно число от 1 до 65535"},
		{"a kind in a sentence", "a number without quotes is expected, not a text in quotes", "нужно число без кавычек, а не текст в кавычках"},
		{"the most particular form wins", `unknown key, did you mean "port"?`, `неизвестный ключ; может быть, "port"?`},
		{"a noun without a form of its own", `unknown kind of connection, expected one of: tls, starttls, none`, `неизвестное имя (вид соединения); возможны: tls, starttls, none`},
		{"a path is left alone", "others can read this file and it holds a secret; run: chmod 600 /etc/a list/x, or put the secret into a file of its own", "этот файл могут читать другие, а в нём есть секрет; выполните: chmod 600 /etc/a list/x или вынесите секрет в отдельный файл"},
		{"gaps in what fills a gap stay", `unknown key, did you mean "%s%s"?`, `неизвестный ключ; может быть, "%%"?`},
		{"what nobody knows stays English", "something new", "something new"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := ru.Phrase(c.english); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
	t.Run("a language without phrases", func(t *testing.T) {
		t.Parallel()
		pl, err := locale.New("pl")
		if err != nil {
			t.Fatal(err)
		}
		if got := pl.Phrase("1 to 65535 is expected"); got != "1 to 65535 is expected" {
			t.Errorf("got %q", got)
		}
	})
}

func TestWhatWasWrongWithAMailIsToldReasonByReason(t *testing.T) {
	t.Parallel()
	ru, err := locale.New("ru")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ reasons, want string }{
		{"no signature of aliexpress.ru, and no word of a server that counts", "подписи aliexpress.ru нет, и ни один сервер, которому можно верить, письмо не подтвердил"},
		{"forwarded by me@example.org: nothing proves it and nothing speaks against it", "переслал me@example.org: подтверждений нет, возражений тоже"},
		{"dkim=pass d=aliexpress.com (checked here)", "dkim=pass d=aliexpress.com (проверено здесь)"},
		{
			"structure refused: 300 KB of header; the raw text was read instead; " + parcel.NothingFound,
			"строение письма отвергнуто: заголовок в 300 КБ; прочитан текст как есть; " + ru.T("why_nothing_found"),
		},
		{"dmarc=fail from=aliexpress.com", "dmarc=fail from=aliexpress.com"},
		{"", ""},
	} {
		if got := ru.Why(c.reasons); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}
