package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/store/driver"
)

// TestCarriersShowsFreshnessAndUnknownCodes records the health of a carrier and reads
// what is said of it.
func TestCarriersShowsFreshnessAndUnknownCodes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "parcels.db")
	db, err := driver.At(path, nil).Open(t.Context(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	h := parcel.CarrierHealth{
		Name: "belpost", State: parcel.CarrierOK, LastEvents: now.Add(-3 * time.Hour), Recent: "...?",
		Unknown: []parcel.UnknownCode{{Code: "77", Last: parcel.DateOf(now)}, {Code: "Новое слово", Last: parcel.DateOf(now)}},
	}
	if err := db.SetCarrierHealth(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "parcelwatch.toml")
	if err := os.WriteFile(config, []byte("[store]\npath = '"+path+"'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for language, want := range map[string][]string{
		"en": {"last news 3 hours ago", "unknown codes in 1 of the last 4 answers", "Codes that are not in its table", "belpost: 77; Новое слово"},
		"ru": {"последняя новость 3 часа назад", "неизвестные коды в ответах: 1 из последних 4", "belpost: 77; Новое слово"},
	} {
		var out bytes.Buffer
		code := run(t.Context(), []string{"carriers", "belpost", "--config", config}, newEnv(env{
			in: strings.NewReader(""), out: &out, err: &out, getenv: func(key string) string {
				if key == "LANG" {
					return language
				}
				return ""
			},
		}))
		for _, w := range want {
			if code != 0 || !strings.Contains(out.String(), w) {
				t.Errorf("%s: exit %d, %q is missing in:\n%s", language, code, w, out.String())
			}
		}
		if strings.Contains(out.String(), "cainiao") {
			t.Errorf("%s: other carriers are shown:\n%s", language, out.String())
		}
	}
}
