package all_test

import (
	"bytes"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/all"
	"parcelwatch/internal/locale"
)

var update = flag.Bool("update", false, "write the tables of carriers anew")

// TestTablesOfCarriersAreUpToDate compares what the documentation and
// internal/locale say about carriers with the facts of the carriers.
func TestTablesOfCarriersAreUpToDate(t *testing.T) {
	for file, table := range map[string]string{
		"README.md": readme(), "README.ru.md": russian(t), "docs/privacy.md": privacy(), "internal/locale/carriers.tsv": names(),
	} {
		t.Run(file, func(t *testing.T) {
			path := filepath.Join("..", "..", filepath.FromSlash(file))
			have, err := os.ReadFile(path)
			if err != nil && !*update {
				t.Fatal(err)
			}
			have = bytes.ReplaceAll(have, []byte("\r\n"), []byte("\n"))
			want := table
			if strings.HasSuffix(file, ".md") {
				want = between(t, string(have), table)
			}
			if string(have) == want {
				return
			}
			if !*update {
				t.Fatalf("%s differs from the facts of the carriers; run go test ./carriers/all -update", file)
			}
			if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// between replaces what stands between the marks of a document.
func between(t *testing.T, text, table string) string {
	t.Helper()
	const from, to = "<!-- written from carriers.Info -->\n", "<!-- end -->"
	head, rest, ok := strings.Cut(text, from)
	_, tail, ended := strings.Cut(rest, to)
	if !ok || !ended {
		t.Fatalf("the marks %q and %q are missing", from, to)
	}
	return head + from + table + to + tail
}

func readme() string {
	return table("| carrier | name here | for | key |", func(i carriers.Info) string {
		return fmt.Sprintf("| %s | `%s` | %s | %s |", i.Title, i.Name, i.Covers, needs(i))
	})
}

// russian is the table of README.ru.md, in the words that the program itself has for carriers, countries and keys.
func russian(t *testing.T) string {
	t.Helper()
	say, err := locale.New("ru")
	if err != nil {
		t.Fatal(err)
	}
	return table("| перевозчик | имя в программе | где | ключ |", func(i carriers.Info) string {
		where := []string{say.T("carriers_all")}
		if len(i.Countries) > 0 {
			where = where[:0]
		}
		for _, country := range i.Countries {
			where = append(where, say.Country(country))
		}
		key := "не нужен"
		switch {
		case i.NeedsCredential() && i.Settings[0].Name == "postal_code":
			key = "почтовый индекс получателя"
		case i.NeedsCredential():
			key = say.Text(carriers.Member{Info: i}.CredentialHelp())
		}
		return fmt.Sprintf("| %s | `%s` | %s | %s |", say.Carrier(i.Name), i.Name, strings.Join(where, ", "), key)
	})
}

func privacy() string {
	return table("| carrier | host | for | what it receives |", func(i carriers.Info) string {
		return fmt.Sprintf("| `%s` | %s | %s | %s |", i.Name, hosts(i), i.Covers, sends(i))
	})
}

func table(heading string, row func(carriers.Info) string) string {
	lines := []string{heading, strings.Repeat("|---", strings.Count(heading, "|")-1) + "|"}
	for _, f := range all.Factories() {
		lines = append(lines, row(f.Info))
	}
	return strings.Join(lines, "\n") + "\n"
}

func needs(i carriers.Info) string {
	if i.Key == "" {
		return "none"
	}
	return i.Key
}

func hosts(i carriers.Info) string {
	var list []string
	for _, address := range append([]string{i.BaseURL}, i.Hosts...) {
		if u, err := url.Parse(address); err == nil {
			list = append(list, u.Host)
		}
	}
	return strings.Join(list, ", ")
}

func sends(i carriers.Info) string {
	what := []string{"the number"}
	for _, s := range i.Settings {
		setting := "your " + strings.ReplaceAll(s.Name, "_", " ")
		if !s.Required {
			setting += " if you set one"
		}
		what = append(what, setting)
	}
	return strings.Join(what, ", ")
}

func names() string {
	lines := []string{"name\tcalled\tcountry\tlanguage\tstandard"}
	for _, f := range all.Factories() {
		i := f.Info
		lines = append(lines, strings.Join([]string{i.Name, i.Spoken(), i.Country, i.Language, strconv.FormatBool(i.Standard)}, "\t"))
	}
	return strings.Join(lines, "\n") + "\n"
}

func TestFactsForTheTablesAreComplete(t *testing.T) {
	for _, f := range all.Factories() {
		if i := f.Info; i.Covers == "" || i.NeedsCredential() != (i.Key != "") {
			t.Errorf("%s: covers %q, key %q, needs a credential: %t", i.Name, i.Covers, i.Key, i.NeedsCredential())
		}
	}
}
