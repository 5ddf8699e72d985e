package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/config"
)

func TestFindTakesTheFirstThatIsNamedOrThere(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	env := map[string]string{"HOME": home}
	getenv := func(k string) string { return env[k] }
	if got, err := config.Find("x.toml", getenv, "linux"); got != "x.toml" || err != nil {
		t.Errorf("flag: %q, %v", got, err)
	}
	if _, err := config.Find("", getenv, "linux"); !errors.Is(err, config.ErrNoFile) || !strings.Contains(err.Error(), "/etc/parcelwatch/parcelwatch.toml") {
		t.Errorf("nowhere: %v", err)
	}
	place := filepath.Join(home, ".config", "parcelwatch", "parcelwatch.toml")
	if err := os.MkdirAll(filepath.Dir(place), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(place, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := config.Find("", getenv, "linux"); filepath.FromSlash(got) != place || err != nil {
		t.Errorf("user's: %q, %v", got, err)
	}
	env[config.EnvFile] = "named.toml"
	if got, _ := config.Find("", getenv, "linux"); got != "named.toml" {
		t.Errorf("environment: %q", got)
	}
}

func TestPlacesAreTheSystemsOwn(t *testing.T) {
	t.Parallel()
	env := map[string]string{"HOME": "/h", "ProgramData": `C:\ProgramData`, "AppData": `C:\U\AppData`}
	getenv := func(k string) string { return env[k] }
	for goos, want := range map[string][]string{
		"linux":   {"/etc/parcelwatch/parcelwatch.toml", "/h/.config/parcelwatch/parcelwatch.toml"},
		"darwin":  {"/etc/parcelwatch/parcelwatch.toml", "/h/Library/Application Support/parcelwatch/parcelwatch.toml"},
		"windows": {`C:\ProgramData\parcelwatch\parcelwatch.toml`, `C:\U\AppData\parcelwatch\parcelwatch.toml`},
	} {
		if diff := cmp.Diff(want, config.Places(getenv, goos)); diff != "" {
			t.Errorf("%s: %s", goos, diff)
		}
	}
	for _, tt := range [][4]string{
		{"linux", "/etc/parcelwatch/parcelwatch.toml", "", "/var/lib/parcelwatch/parcelwatch.db"},
		{"linux", "/h/.config/parcelwatch/parcelwatch.toml", "", "/h/.local/state/parcelwatch/parcelwatch.db"},
		{"linux", "/h/x.toml", "/s", "/s/parcelwatch/parcelwatch.db"},
		{"darwin", "/h/x.toml", "", "/h/Library/Application Support/parcelwatch/parcelwatch.db"},
		{"windows", `C:\ProgramData\parcelwatch\parcelwatch.toml`, "", `C:\ProgramData\parcelwatch\parcelwatch.db`},
		{"windows", `C:\U\AppData\parcelwatch\parcelwatch.toml`, "", `C:\U\AppData\parcelwatch\parcelwatch.db`},
		{"windows", `D:\my mail/x.toml`, "", `D:\my mail/parcelwatch.db`},
	} {
		env["XDG_STATE_HOME"] = tt[2]
		if got := config.StorePath(tt[1], getenv, tt[0]); got != tt[3] {
			t.Errorf("%s, %s: got %s, want %s", tt[0], tt[1], got, tt[3])
		}
	}
}
