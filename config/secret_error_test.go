package config_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"parcelwatch/config"
	"parcelwatch/internal/fault"
	"parcelwatch/internal/locale"
)

func TestSecretErrorsSayWhatIsWrongInEveryLanguage(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	t.Setenv("PARCELWATCH_NO_SUCH", "")
	ru, err := locale.New("ru")
	if err != nil {
		t.Fatal(err)
	}
	missing, open := filepath.Join(dir, "missing"), put("open", "x", 0o644)
	empty, lines, large := put("empty", "\n", 0o600), put("lines", "a\nb", 0o600), put("large", string(make([]byte, 1<<20)), 0o600)
	for _, c := range []struct{ name, toml, want string }{
		{"no such file", `{ file = '` + missing + `' }`, missing + ": нет такого файла"},
		{"a file that others can read", `{ file = '` + open + `' }`, open + ": его могут читать другие; выполните: chmod 600 " + open},
		{"an empty file", `{ file = '` + empty + `' }`, empty + ": пусто"},
		{"several lines", `{ file = '` + lines + `' }`, lines + ": нужна одна строка текста"},
		{"a film", `{ file = '` + large + `' }`, large + ": слишком много данных для пароля"},
		{"an empty variable", `{ env = "PARCELWATCH_NO_SUCH" }`, "$PARCELWATCH_NO_SUCH: пусто"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if runtime.GOOS == "windows" && c.name == "a file that others can read" {
				t.Skip("skipped: Windows has no modes of files")
			}
			file := put("c.toml", "[smtp]\npassword = "+c.toml+"\n", 0o600)
			cfg, err := config.Load(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = cfg.SMTP.Password.Resolve(t.Context())
			if got := ru.Text(fault.Explain(err)); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}
