package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/config"
	"parcelwatch/internal/locale"
)

const anna = `# Anna's parcels
destination = "DE"
language = "de"

[[mailbox]]
host = "imap.example.net"
username = "anna@example.net"
password = { file = "anna.pass" }

[[digest]]
to = ["anna@example.net"]

[protection]
days = 75

[web]
password = { file = "anna.web" }
`

const installation = good + `
[alarm]
after = "2h"
[store]
path = "parcels.db"
[web]
listen = "127.0.0.1:8417"
password = { file = "web.pass" }
[mqtt]
url = "mqtts://broker.example.org"
[carriers.russianpost]
login = "me"
password = { file = "post.pass" }
[[carrier]]
name = "ours"
[protection]
days = 50
[shop]
domains = ["shop.example"]
`

func TestAHouseholdHasItsPeopleAndTheInstallation(t *testing.T) {
	t.Parallel()
	c := load(t, installation)
	dir := filepath.Dir(c.Path)
	file := filepath.Join(dir, config.HouseholdsDir, "anna.toml")
	h, err := c.Household("anna", file, []byte(anna))
	if err != nil {
		t.Fatal(err)
	}
	t.Run("what it says itself", func(t *testing.T) {
		t.Parallel()
		if h.Path != file || h.Destination != "DE" || h.Language != "de" || h.Mailboxes[0].Host != "imap.example.net" || h.Protection.Days != 75 {
			t.Errorf("got %s, %s, %s, %+v, %+v", h.Path, h.Destination, h.Language, h.Mailboxes, h.Protection)
		}
		if got := h.Mailboxes[0].Password.Where(); got != "file "+filepath.Join(filepath.Dir(file), "anna.pass") {
			t.Errorf("a relative path is beside its file: got %s", got)
		}
	})
	t.Run("what it takes from nobody", func(t *testing.T) {
		t.Parallel()
		if h.Shop.Domains != nil || h.Protection.Remind != 7 || h.Timezone.Name != "Local" || h.Digests[0].Language != "de" || len(h.Rules) != 0 {
			t.Errorf("got %v, %v, %v, %v", h.Shop, h.Protection, h.Timezone, h.Digests)
		}
	})
	t.Run("what is the installation's", func(t *testing.T) {
		t.Parallel()
		for name, pair := range map[string][2]any{
			"smtp": {c.SMTP, h.SMTP}, "store": {c.Store, h.Store}, "alarm": {c.Alarm, h.Alarm}, "log": {c.Log, h.Log},
			"mqtt": {c.MQTT, h.MQTT}, "carriers": {c.Carriers, h.Carriers}, "listen": {c.Web.Listen, h.Web.Listen},
		} {
			if !reflect.DeepEqual(pair[0], pair[1]) {
				t.Errorf("%s: got %+v, want %+v", name, pair[1], pair[0])
			}
		}
		if got, want := len(h.Definitions()), len(c.Definitions()); got != want || h.Definitions()[0].File != c.Path {
			t.Errorf("got %d definitions, want %d of %s", got, want, c.Path)
		}
		if got := h.Web.Password.Where(); got != "file "+filepath.Join(filepath.Dir(file), "anna.web") {
			t.Errorf("its page has the password of its own: got %s", got)
		}
	})
	t.Run("what it shows of itself", func(t *testing.T) {
		t.Parallel()
		own := h.Own()
		if own.Store.Path != "" || own.SMTP.Host != "" || own.MQTT.Prefix != "" || own.Carriers != nil || own.Declared != nil || own.Log.Level != "" || own.Web.Listen != "" {
			t.Errorf("the installation is shown: %+v", own)
		}
		if own.Destination != "DE" || own.Web.Password.IsZero() || c.Own() != c {
			t.Errorf("got %+v", own)
		}
	})
	t.Run("it is complete", func(t *testing.T) {
		t.Parallel()
		if err := h.Need(config.AllSections()...); err != nil {
			t.Error(err)
		}
	})
	t.Run("its files are its own", func(t *testing.T) {
		t.Parallel()
		want := []string{filepath.Join(filepath.Dir(file), "anna.pass"), filepath.Join(filepath.Dir(file), "anna.web")}
		if diff := cmp.Diff(want, h.Files()); diff != "" {
			t.Error(diff)
		}
	})
	if c.Destination != "RU" || c.Protection.Days != 50 || len(c.Mailboxes) != 1 {
		t.Error("the installation's own household has changed")
	}
}

func TestAHouseholdsPageHasNoPasswordOfAnother(t *testing.T) {
	t.Parallel()
	h, err := load(t, installation).Household("anna", "/etc/h/anna.toml", []byte(strings.Split(anna, "[web]")[0]))
	if err != nil {
		t.Fatal(err)
	}
	if !h.Web.Password.IsZero() {
		t.Error("the password of the installation opens the page of a household")
	}
}

func TestFaultsOfTheInstallationKeepTheirPlace(t *testing.T) {
	t.Parallel()
	c := load(t, good+"[carriers.nobody]\nenabled = true\n[web]\nlisten = \"0.0.0.0:8417\"\n")
	h, err := c.Household("anna", "/etc/h/anna.toml", []byte(anna))
	if err != nil {
		t.Fatal(err)
	}
	_, carriers := h.CarrierConfigs(nil)
	for name, err := range map[string]error{"carriers": carriers, "need": h.Need(config.NeedWeb)} {
		if one, ok := errors.AsType[*config.Error](err); !ok || one.File != c.Path || one.Line == 0 {
			t.Errorf("%s: got %v, want a line of %s", name, err, c.Path)
		}
	}
}

// TestHouseholdNamesWhatIsWrong: the place is "file:line" or the household in the store.
func TestHouseholdNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	c := load(t, good)
	rest := "\n[[mailbox]]\nhost = \"h.example\"\nusername = \"u\"\npassword = { env = \"P\" }\n[[digest]]\nto = [\"a@b.example\"]\n"
	for name, tt := range map[string]struct {
		name, text string
		line       int
		key, want  string
	}{
		"a section of the installation": {text: "[smtp]\nhost = \"x\"\n" + rest, line: 1, key: "smtp", want: c.Path},
		"the store":                     {text: "language = \"de\"\n[store]\npath = \"x\"\n" + rest, line: 2, key: "store", want: "whole installation"},
		"a carrier":                     {text: "[carriers.dhl]\nenabled = false\n" + rest, line: 1, key: "carriers", want: "whole installation"},
		"a definition":                  {text: "[[carrier]]\nname = \"x\"\n" + rest, line: 1, key: "carrier", want: "whole installation"},
		"the address of the page":       {text: "[web]\nlisten = \"127.0.0.1:1\"\n" + rest, line: 2, key: "web.listen", want: "whole installation"},
		"a key nearly of the page":      {text: "[web]\npasswrd = \"x\"\n" + rest, line: 2, key: "web.passwrd", want: `did you mean "password"?`},
		"an unknown section":            {text: "[lgo]\nx = 1\n" + rest, line: 1, key: "lgo", want: "channel, destination, digest"},
		"no mailbox":                    {text: "language = \"de\"\n", key: "mailbox", want: "[[mailbox]]"},
		"no digest":                     {text: "[[mailbox]]\nhost = \"h.example\"\nusername = \"u\"\npassword = \"x\"\n", key: "digest", want: "[[digest]]"},
		"a wrong rule":                  {text: rest + "[[rule]]\nname = \"x\"\n", line: 8, key: "rule.sender", want: "address or a domain"},
		"a wrong value":                 {text: "language = \"deu\"\n" + rest, line: 1, key: "language", want: `"de"`},
		"not TOML":                      {text: "language = de\n" + rest, line: 1, want: "not in quotes"},
		"UTF-16":                        {text: "\xff\xfel\x00", want: "UTF-8"},
		"too much":                      {text: strings.Repeat("#", 1<<20) + "\n" + rest, want: "1 MB"},
		"the file's own name":           {name: "home", text: rest, want: "home"},
		"a name with capitals":          {name: "Anna", text: rest, want: "a-z"},
		"a name that is a path":         {name: "../anna", text: rest, want: "a-z"},
		"no name":                       {name: "-", text: rest, want: "a-z"},
		"a torn sealed secret":          {text: strings.Replace(rest, `{ env = "P" }`, `{ sealed = "v1.12345678.AA" }`, 1), line: 5, key: "mailbox.password", want: "incomplete"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			household := tt.name
			if household == "" {
				household = "anna"
			}
			_, err := c.Household(household, "/etc/h/anna.toml", []byte(tt.text))
			e, ok := errors.AsType[*config.Error](err)
			if !ok || e.Line != tt.line || tt.key != "" && e.Key != tt.key || e.File != "/etc/h/anna.toml" || !strings.Contains(e.Error(), tt.want) {
				t.Errorf("in a file: got %+v\n%v\nwant line %d, key %q, words %q", e, err, tt.line, tt.key, tt.want)
			}
			_, err = c.Household(household, "", []byte(tt.text))
			e, ok = errors.AsType[*config.Error](err)
			if !ok || e.Line != tt.line || e.File != "" || !strings.HasPrefix(e.Error(), "household "+household) || !strings.Contains(e.Error(), tt.want) {
				t.Errorf("in the store: got %v", err)
			}
		})
	}
}

func TestADocumentOfTheStoreHasNoFolder(t *testing.T) {
	t.Parallel()
	c := load(t, good)
	_, err := c.Household("anna", "", []byte(strings.Replace(anna, "[[digest]]", "ca = \"own.pem\"\n[[digest]]", 1)))
	list, _ := config.Problems(err)
	var got []string
	for _, one := range list {
		got = append(got, one.Error())
	}
	want := []string{
		"household anna, line 8: mailbox.password: an absolute path is expected, because a household in the store has no folder",
		"household anna, line 10: mailbox.ca: an absolute path is expected, because a household in the store has no folder",
		"household anna, line 18: web.password: an absolute path is expected, because a household in the store has no folder",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	ru, err := locale.New("ru")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := ru.Text(list[0].Fault()), "домохозяйство anna, строка 8: mailbox.password: нужен полный путь"; !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTheFileOfAHouseholdIsGuardedLikeTheConfiguration(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("skipped: Windows has no modes of files")
	}
	c := load(t, good)
	dir := filepath.Join(filepath.Dir(c.Path), config.HouseholdsDir)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		text string
		mode os.FileMode
		want string
	}{
		"anna":  {anna, 0o644, ""},
		"boris": {strings.Replace(anna, `{ file = "anna.pass" }`, `"secret"`, 1), 0o644, "chmod 600"},
		"clara": {anna, 0o666, "chmod go-w"},
		"Dora":  {anna, 0o600, "a-z"},
	} {
		path := filepath.Join(dir, name+".toml")
		if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, tt.mode); err != nil {
			t.Fatal(err)
		}
		_, err := c.LoadHousehold(path)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), path)) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), "secret\"") {
			t.Errorf("%s: the secret is shown: %v", name, err)
		}
	}
}

func FuzzHousehold(f *testing.F) {
	c, err := config.Parse("/etc/parcelwatch/parcelwatch.toml", []byte(installation))
	if err != nil {
		f.Fatal(err)
	}
	c.Store.Key = config.Plain(strings.Repeat("k", 40))
	for _, seed := range []string{anna, installation, "", "web.password = 1", strings.ReplaceAll(anna, `{ file = "anna.pass" }`, "'''\nx'''"), "[[mailbox]]\npassword = { sealed = \"v1.x\" }"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		h, err := c.Household("anna", "", doc)
		if (h == nil) == (err == nil) {
			t.Fatalf("got %v and %v", h, err)
		}
		if faults, other := config.Problems(err); err != nil && (other != nil || len(faults) == 0) {
			t.Fatalf("%v is no list of faults", err)
		}
		if err != nil {
			return
		}
		if !reflect.DeepEqual(h.SMTP, c.SMTP) || !reflect.DeepEqual(h.Store, c.Store) || h.Web.Listen != c.Web.Listen {
			t.Error("a household changed the installation")
		}
		sealed, err := c.Seal(t.Context(), "anna", doc)
		if err != nil {
			return
		}
		again, err := c.Household("anna", "", sealed)
		if err != nil {
			t.Fatalf("the sealed document is not understood: %v\n%s", err, sealed)
		}
		for i := range h.Mailboxes {
			want, _ := h.Mailboxes[i].Password.Resolve(t.Context())
			got, _ := again.Mailboxes[i].Password.Resolve(t.Context())
			if h.Mailboxes[i].Password.Inline() && got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	})
}
