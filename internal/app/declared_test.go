package app

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/config"
	"parcelwatch/internal/locale"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// configured writes a configuration with files beside it and loads it.
func configured(t *testing.T, main string, files map[string]string) (*config.Config, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, config.CarriersDir), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, config.CarriersDir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "parcelwatch.toml")
	if err := os.WriteFile(path, []byte(main), 0o600); err != nil {
		t.Fatal(err)
	}
	return config.Load(path)
}

const mended = `[[carrier]]
name = "correos"
request = { url = "ADDRESS/{number}", headers = { X-Key = { file = "correos.key" } } }
events = "$.events[*]"
time = "$.at"
layout = ["rfc3339"]
text = "$.what"
[carrier.status]
"/delivered/" = "delivered"
`

// TestADefinitionReplacesABuiltInCarrierUntilItsFileIsRemoved mends a built-in carrier:
// its place, numbers and facts stay, the request is that of the file.
func TestADefinitionReplacesABuiltInCarrierUntilItsFileIsRemoved(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Key") != "a secret key" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = w.Write([]byte(`{"events":[{"at":"2026-03-01T09:00:00+01:00","what":"was delivered"}]}`))
	}))
	defer server.Close()
	files := map[string]string{"correos.toml": strings.Replace(mended, "ADDRESS", "https://post.example", 1), "correos.key": "a secret key\n", "notes.txt": "x"}
	cfg, err := configured(t, "[carriers.correos]\nendpoint = '"+server.URL+"'\n", files)
	if err != nil {
		t.Fatal(err)
	}
	set, broken, err := Carriers(t.Context(), cfg)
	if err != nil || len(broken) > 0 {
		t.Fatal(err, broken)
	}
	builtin, _, err := Carriers(t.Context(), config.Default())
	if err != nil {
		t.Fatal(err)
	}
	m, _ := set.Get("correos")
	old, _ := builtin.Get("correos")
	if !m.Replaces || filepath.Base(m.File) != "correos.toml" || m.Info.Title != old.Info.Title || m.Info.Countries[0] != "ES" || len(set.Members()) != len(builtin.Members()) {
		t.Errorf("got %+v", m)
	}
	for _, n := range []number.Number{"CP999900435ES", "RR999900404CN", "LP00999900000034"} {
		if m.Carrier.Match(n) != old.Carrier.Match(n) {
			t.Errorf("%s is claimed otherwise", n)
		}
	}
	res, err := m.Carrier.Track(t.Context(), []number.Number{"CP999900435ES"})
	if err != nil || res[0].Err != nil || res[0].Tracking.Events[0].Status != parcel.Delivered {
		t.Fatalf("results %+v, error %v", res, err)
	}
	if err := os.Remove(m.File); err != nil {
		t.Fatal(err)
	}
	if cfg, err = config.Load(cfg.Path); err != nil {
		t.Fatal(err)
	}
	if set, _, err = Carriers(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	if m, _ = set.Get("correos"); m.Replaces || m.File != "" || m.Info.BaseURL != old.Info.BaseURL {
		t.Errorf("without its file the carrier is %+v", m)
	}
}

// TestWrongDefinitionsAreNamedWithFileAndLine lists mistakes and where they are named.
func TestWrongDefinitionsAreNamedWithFileAndLine(t *testing.T) {
	t.Parallel()
	sound := strings.Replace(mended, "ADDRESS", "https://post.example", 1)
	for name, tc := range map[string]struct{ main, file, want string }{
		"an unknown key":           {"", strings.Replace(sound, "text =", "txt =", 1), "one.toml:7: carrier.txt"},
		"no list of layouts":       {"", strings.Replace(sound, `["rfc3339"]`, `"rfc3339"`, 1), "one.toml:6: carrier.layout"},
		"a selector":               {"", strings.Replace(sound, "$.at", "$..a..b", 1), "one.toml:5: carrier.time"},
		"an unknown status":        {"", strings.Replace(sound, `= "delivered"`, `= "arrived"`, 1), "one.toml:9: carrier.status"},
		"a private network":        {"", strings.Replace(sound, "https://post.example", "https://10.1.2.3", 1), "one.toml:3: carrier.request.url"},
		"private in a shared file": {"", strings.Replace(sound, "events =", "private = true\nevents =", 1), "one.toml:4: carrier.private"},
		"a program":                {"", "[[carrier]]\nname = 'x'\nmatch = ['^X']\nexec = ['/bin/true']\n", "one.toml:4: carrier.exec"},
		"a file of this machine":   {"", strings.Replace(sound, "correos.key", "/etc/shadow", 1), "one.toml:3: carrier.request.headers.X-Key"},
		"a variable":               {"", strings.Replace(sound, `file = "correos.key"`, `env = "HOME"`, 1), "one.toml:3: carrier.request.headers.X-Key"},
		"the same name twice":      {"", sound + sound, "one.toml:11: carrier.name"},
		"another section":          {"", sound + "[smtp]\nhost = 'x'\n", "smtp"},
		"nothing":                  {"", "# nothing\n", "[[carrier]]"},
		"no TOML":                  {"", "name\n", "one.toml:1"},
		"the configuration itself": {strings.Replace(sound, "zone", "zonne", 1) + "colour = 1\n", sound, "parcelwatch.toml:10"},
	} {
		cfg, err := configured(t, tc.main, map[string]string{"one.toml": tc.file})
		var broken map[string]error
		if err == nil {
			_, broken, err = Carriers(t.Context(), cfg)
		}
		if tc.main == "" && err == nil { // a file that is passed on stops nothing
			for _, why := range broken {
				err = errors.Join(err, why)
			}
		}
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error %v, want %q in it", name, err, tc.want)
		}
	}
}

// TestAFileWithFaultsIsLeftOutAndTheOthersWork puts every kind of fault beside a sound
// definition and a section with the settings of the carrier that is left out.
func TestAFileWithFaultsIsLeftOutAndTheOthersWork(t *testing.T) {
	t.Parallel()
	sound := strings.NewReplacer("ADDRESS", "https://post.example", `, headers = { X-Key = { file = "correos.key" } }`, "").Replace(mended)
	for name, text := range map[string]string{
		"no TOML": "name\n", "an unknown key": strings.Replace(sound, "text =", "txt =", 1), "a selector": strings.Replace(sound, "$.at", "$..a..b", 1),
		"nothing": "", "a private network": strings.Replace(sound, "events =", "private = true\nevents =", 1),
	} {
		text = strings.Replace(text, "correos", "hermes", 1)
		cfg, err := configured(t, "[carriers.newpost]\nendpoint = 'https://x.example'\n", map[string]string{"bad.toml": text, "correos.toml": sound})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		set, broken, err := Carriers(t.Context(), cfg)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		good, _ := set.Get("correos")
		bad, _ := set.Get("hermes")
		if !good.Replaces || bad.Replaces || len(broken) != 1 || !strings.Contains(broken[filepath.Join(filepath.Dir(cfg.Path), config.CarriersDir, "bad.toml")].Error(), "bad.toml") {
			t.Errorf("%s: broken %v", name, broken)
		}
		var log bytes.Buffer
		l := &life{Deps: Deps{Log: slog.New(slog.NewTextHandler(&log, nil))}}
		l.reportBroken(t.Context(), broken)
		if !strings.Contains(log.String(), "left out") || !strings.Contains(log.String(), "bad.toml") {
			t.Errorf("%s: the log says %s", name, log.String())
		}
	}
}

// TestASettingOfADefinitionIsRequired checks a definition with a key: without it the
// carrier is not asked, with it the key is sent.
func TestASettingOfADefinitionIsRequired(t *testing.T) {
	t.Parallel()
	const text = `[[carrier]]
name = "uzpost"
match = ["^[A-Z]{2}[0-9]{9}UZ$"]
settings = ["key"]
request = { url = "https://post.example/{number}?key={key}" }
events = "$.events[*]"
time = "$.at"
layout = ["rfc3339"]
text = "$.what"
`
	for main, want := range map[string]parcel.CarrierState{
		"": parcel.CarrierNoCredential, "[carriers.uzpost]\nkey = 'abc'\n": parcel.CarrierOK, "[carriers.uzpost]\nenabled = false\n": parcel.CarrierOff,
	} {
		cfg, err := configured(t, main, map[string]string{"uzpost.toml": text})
		if err != nil {
			t.Fatal(err)
		}
		set, _, err := Carriers(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		if m, _ := set.Get("uzpost"); m.State() != want || m.Carrier.Match("RB123456785UZ") != carriers.Yes {
			t.Errorf("with %q the state is %s, want %s", main, m.State(), want)
		}
	}
}

// TestTheKeyOfADefinedCarrierIsExplainedWhereItIsDefined defines carriers with and
// without settings, new ones and in the place of built-in ones.
func TestTheKeyOfADefinedCarrierIsExplainedWhereItIsDefined(t *testing.T) {
	t.Parallel()
	sound := strings.NewReplacer("ADDRESS", "https://post.example", `, headers = { X-Key = { file = "correos.key" } }`, "").Replace(mended)
	named := func(name, more string) string {
		return strings.Replace(sound, `name = "correos"`, "name = '"+name+"'\nmatch = ['^X']\n"+more, 1)
	}
	files := map[string]string{
		"new.toml": named("newpost", "settings = ['token']\ntitle = 'New Post'"), "keyless.toml": named("freepost", ""),
		"dhl.toml": named("dhl", ""), "laposte.toml": named("laposte", "settings = ['token']\ntitle = 'Ma poste'"),
		"secret.toml": strings.Replace(named("filepost", ""), "{number}\"", "{number}\", headers = { X-Key = { file = 'some.key' } }", 1), "some.key": "abc",
	}
	cfg, err := configured(t, "", files)
	if err != nil {
		t.Fatal(err)
	}
	set, _, err := Carriers(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"newpost": "key_declared", "freepost": "", "dhl": "key_dhl", "laposte": "key_declared", "filepost": "key_declared", "inpost": ""} {
		m, _ := set.Get(name)
		got := ""
		if help := m.CredentialHelp(); help != nil {
			got = help[0].ID
		}
		if got != want {
			t.Errorf("%s: %q explains its key, want %q", name, got, want)
		}
	}
	titles := set.Titles()
	if len(titles) != 4 || titles["newpost"] != "New Post" || titles["laposte"] != "Ma poste" || titles["freepost"] != "freepost" || titles["dhl"] != "" {
		t.Errorf("titles %q", titles)
	}
	say, err := locale.New("ru")
	if err != nil {
		t.Fatal(err)
	}
	if say.Titled(titles).Carrier("newpost") != "New Post" || say.Titled(titles).Carrier("dhl") != say.Carrier("dhl") || say.Carrier("newpost") != "newpost" {
		t.Error("printers call carriers otherwise")
	}
}

// TestASecretOfADefinitionThatCannotBeReadIsNamed leaves out the file with a header.
func TestASecretOfADefinitionThatCannotBeReadIsNamed(t *testing.T) {
	t.Parallel()
	cfg, err := configured(t, "", map[string]string{"correos.toml": strings.Replace(mended, "ADDRESS", "https://post.example", 1)})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(filepath.Dir(cfg.Path), config.CarriersDir, "correos.toml")
	members, broken, err := Defined(t.Context(), cfg, path)
	if err != nil || len(members) != 1 || broken["correos"] == nil || !strings.Contains(broken["correos"].Error(), "correos.key") {
		t.Errorf("members %v, broken %v, error %v", members, broken, err)
	}
	if _, broken, err = Carriers(t.Context(), cfg); err != nil || broken["correos"] == nil {
		t.Errorf("broken %v, error %v", broken, err)
	}
}
