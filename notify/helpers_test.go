package notify_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/internal/locale"
	"parcelwatch/notify"
	"parcelwatch/parcel"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// noon is the default time of the tests, away from any clock change.
var noon = time.Date(2026, 3, 12, 8, 0, 0, 0, time.FixedZone("MSK", 3*3600))

func printer(tb testing.TB, language string) *locale.Printer {
	tb.Helper()
	p, err := locale.New(language)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// sample returns the input of the sample in the language.
func sample(tb testing.TB, language string) notify.Input {
	tb.Helper()
	return notify.Sample(noon, printer(tb, language))
}

func render(tb testing.TB, d notify.Digest, language string) notify.Content {
	tb.Helper()
	c, err := notify.Render(d, printer(tb, language))
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// golden compares with a file of testdata/digest, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("..", "testdata", "digest", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", name, diff)
	}
}

// goldenPage compares HTML with a file, in English, in Russian, and in German,
// whose words are the longest. The elements are the same in every language.
func goldenPage(t *testing.T, name, language, page string) {
	t.Helper()
	if slices.Contains([]string{"en", "ru", "de"}, language) {
		golden(t, name+"."+language+".html", page)
	}
}

func daysAgo(n int) time.Time { return noon.AddDate(0, 0, -n) }

// one returns an input of one parcel with the given changes.
func one(p parcel.Parcel, changes ...parcel.Change) notify.Input {
	p.ID = 7
	if len(p.Links) == 0 {
		p.Links = []parcel.Link{{Number: "RB123456785CN"}}
	}
	for i := range changes {
		changes[i].ID, changes[i].Parcel = int64(i+1), 7
	}
	return notify.Input{Audience: notify.Audience{Name: "me", Zone: noon.Location()}, Parcels: []parcel.Parcel{p}, Changes: changes}
}

// sections returns the items of each section, by title or number.
func sections(d notify.Digest) map[notify.SectionKind][]string {
	out := map[notify.SectionKind][]string{}
	for _, s := range d.Sections {
		for _, it := range s.Items {
			name := it.Title
			if name == "" {
				name = string(it.Number) + it.Order
			}
			if it.Trouble != nil {
				name = "trouble " + it.Trouble.Name
			}
			out[s.Kind] = append(out[s.Kind], name)
		}
	}
	return out
}

// notes returns the ids of the notes of the only item.
func notes(t *testing.T, d notify.Digest) []string {
	t.Helper()
	if len(d.Sections) != 1 || len(d.Sections[0].Items) != 1 {
		t.Fatalf("got %v, want one item", sections(d))
	}
	var out []string
	for _, n := range d.Sections[0].Items[0].Notes {
		out = append(out, n.ID)
	}
	return out
}

// diary is a log that can be read while it is written.
type diary struct {
	mu   sync.Mutex
	text strings.Builder
}

func (d *diary) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.Write(p)
}

func (d *diary) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.String()
}
