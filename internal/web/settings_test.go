package web_test

import (
	"html"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	toml "github.com/pelletier/go-toml/v2"

	"parcelwatch/config"
	"parcelwatch/internal/netx"
	"parcelwatch/parcel"
)

// samples returns, for every type of a setting, a value of the file and how the page shows it.
func samples() map[reflect.Type]struct {
	value any
	shown string
} {
	type sample = struct {
		value any
		shown string
	}
	return map[reflect.Type]sample{
		reflect.TypeFor[string]():          {"text", "text"},
		reflect.TypeFor[int]():             {int64(7), "7"},
		reflect.TypeFor[bool]():            {true, "true"},
		reflect.TypeFor[config.Secret]():   {"s3cret", "•••"},
		reflect.TypeFor[config.Duration](): {"90m", "1h30m"},
		reflect.TypeFor[config.Clock]():    {"08:05", "08:05"},
		reflect.TypeFor[config.Span]():     {"23:00-07:30", "23:00-07:30"},
		reflect.TypeFor[config.Zone]():     {"Europe/Moscow", "Europe/Moscow"},
		reflect.TypeFor[config.LogLevel](): {"warn", "warn"},
		reflect.TypeFor[config.Proxy]():    {"socks5://login:pass@127.0.0.1:9050", "•••"},
		reflect.TypeFor[config.Pattern]():  {`№ ([A-Z0-9]+)`, `№ ([A-Z0-9]+)`},
		reflect.TypeFor[config.Broker]():   {"mqtts://broker.example:8884", "mqtts://broker.example:8884"},
		reflect.TypeFor[parcel.Status]():   {"ready_for_pickup", "ready_for_pickup"},
		reflect.TypeFor[netx.TLSMode]():    {"starttls", "starttls"},
		reflect.TypeFor[time.Duration]():   {"1d12h", "1d12h"},
	}
}

// masked are the keys of which the page only says that they are set.
func masked() []string {
	return []string{
		"postal_code", "mailbox.username", "mailbox.forwarders", "mailbox.oauth2.client_id", "smtp.username", "smtp.from", "smtp.oauth2.client_id",
		"digest.to", "rule.sender", "mqtt.username", "carriers.one", "carrier.one",
	}
}

// example returns a value of the file for a type, and adds the keys in it with what the
// page shows.
func example(t *testing.T, at string, typ reflect.Type, shown map[string]string) any {
	t.Helper()
	if s, ok := samples()[typ]; ok {
		if shown[at] = s.shown; slices.Contains(masked(), at) {
			shown[at] = "•••"
		}
		return s.value
	}
	switch typ.Kind() { //nolint:exhaustive // a setting has no other kind
	case reflect.Pointer:
		return example(t, at, typ.Elem(), shown)
	case reflect.Slice:
		return []any{example(t, at, typ.Elem(), shown)}
	case reflect.Map:
		shown[at+".one"] = "•••"
		if typ.Elem().Kind() == reflect.Map {
			return map[string]any{"one": map[string]any{"key": "s3cret"}}
		}
		return map[string]any{"one": "s3cret"}
	case reflect.Struct:
		table := map[string]any{}
		for _, f := range reflect.VisibleFields(typ) {
			if key := f.Tag.Get("toml"); key != "" && key != "-" {
				table[key] = example(t, strings.TrimPrefix(at+"."+key, "."), f.Type, shown)
			}
		}
		if len(table) > 0 {
			return table
		}
	}
	t.Fatalf("%s: the test knows no value of the type %s: add one to samples", at, typ)
	return nil
}

func TestEverySettingIsShownOrHiddenOnPurpose(t *testing.T) {
	t.Parallel()
	shown := map[string]string{}
	// A section of [[carrier]] is bound without the checks that forbid some keys together.
	file, err := toml.Marshal(map[string]any{"carrier": []any{example(t, "", reflect.TypeFor[config.Config](), shown)}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "all.toml")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	all, err := config.LoadDefinitions(path)
	if err != nil {
		t.Fatal(err)
	}
	w := open(t, "en")
	if err := all[0].Bind(w.cfg); err != nil {
		t.Fatal(err)
	}
	code, body := w.get("/settings")
	if code != http.StatusOK || strings.Contains(body, "s3cret") || strings.Contains(body, "login") {
		t.Errorf("%d %s", code, body)
	}
	got := map[string]string{}
	for _, row := range regexp.MustCompile(`<dt>([^<]*)</dt><dd>([^<]*)</dd>`).FindAllStringSubmatch(body, -1) {
		got[row[1]] = html.UnescapeString(row[2])
	}
	for key, want := range shown {
		if got[key] != want {
			t.Errorf("%s is shown as %q, want %q", key, got[key], want)
		}
	}
	for key, value := range got {
		if _, ok := shown[key]; !ok {
			t.Errorf("%s = %s is no setting", key, value)
		}
	}
	if len(shown) < 80 {
		t.Errorf("only %d settings", len(shown))
	}
}
