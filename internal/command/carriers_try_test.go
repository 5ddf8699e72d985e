package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const tried = `[[carrier]]
name = "uzpost"
match = ["^[A-Z]{2}[0-9]{9}UZ$"]
request = { url = "https://post.example/{number}" }
not_found = "$.error"
number = "$.number"
events = "$.scans[*]"
time = "$.at"
layout = ["2006-01-02 15:04"]
zone = "Asia/Tashkent"
place = "$.city"
text = "$.msg"
[carrier.status]
"/Accepted/" = "accepted"
`

const triedAnswer = `{"number":"RB123456785UZ","receiver_name":"PLANTED PERSON","scans":[
{"at":"2026-03-01 09:30","city":"Tashkent","msg":"Accepted"},{"at":"soon","msg":"Planned"}]}`

// TestTryShowsHowAnAnswerIsRead reads a kept answer and asks nobody.
func TestTryShowsHowAnAnswerIsRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, answer, kept := filepath.Join(dir, "uzpost.toml"), filepath.Join(dir, "answer.json"), filepath.Join(dir, "kept.json")
	for path, text := range map[string]string{file: tried, answer: triedAnswer, filepath.Join(dir, "none.json"): `{"error":"unknown"}`} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := func(language string, args ...string) (string, int) {
		var out bytes.Buffer
		code := run(t.Context(), append([]string{"carriers"}, args...), newEnv(env{
			in: strings.NewReader(""), out: &out, err: &out, getenv: func(key string) string {
				if key == "LANG" {
					return language
				}
				return ""
			},
		}))
		return out.String(), code
	}
	for language, want := range map[string]string{"en": "the time fits no layout", "ru": "время не подходит ни под один формат"} {
		out, code := command(language, "try", file, "RB123456785UZ", "--answer", answer, "--save", kept)
		if code != 0 || !strings.Contains(out, want) || !strings.Contains(out, "2026-03-01 09:30 → 2026-03-01T09:30:00+05:00") {
			t.Errorf("%s: exit %d:\n%s", language, code, out)
		}
	}
	saved, err := os.ReadFile(filepath.Clean(kept))
	if err != nil || strings.Contains(string(saved), "PLANTED") || strings.Contains(string(saved), "RB123456785UZ") || !strings.Contains(string(saved), "2026-03-01 09:30") {
		t.Fatalf("kept: %s (%v)", saved, err)
	}
	invented := strings.Split(string(saved), `"`)[3]
	if out, code := command("en", "try", file, invented, "--answer", kept); code != 0 || !strings.Contains(out, "Accepted") {
		t.Errorf("the kept answer is read otherwise, exit %d:\n%s", code, out)
	}
	if out, code := command("en", "try", file, "RB123456785UZ", "--answer", filepath.Join(dir, "none.json")); code != exitNothing || !strings.Contains(out, "not_found finds something") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	for _, args := range [][]string{{"try"}, {"try", file}, {"export"}, {"try", file, "RB123456785UZ", "--json"}, {"nowhere"}, {"hermes", "inpost"}} {
		if out, code := command("en", args...); code != exitUsage {
			t.Errorf("%q: exit %d:\n%s", args, code, out)
		}
	}
	for _, args := range [][]string{{"hermes"}, {"hermes", "--json"}, {"state", "hermes"}} {
		if out, code := command("en", args...); code != 0 || !strings.Contains(out, "hermes") || strings.Contains(out, "inpost") {
			t.Errorf("%q: exit %d:\n%s", args, code, out)
		}
	}
	exported, code := command("en", "export", "hermes")
	if code != 0 || !strings.Contains(exported, `name = "hermes"`) {
		t.Errorf("exit %d:\n%s", code, exported)
	}
	if out, code := command("ru", "export", "nowhere"); code != exitNothing || !strings.Contains(out, "описания nowhere нет") {
		t.Errorf("exit %d:\n%s", code, out)
	}
}
