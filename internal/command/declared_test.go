package command

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/all"
	"parcelwatch/internal/status"
	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/store/driver"
)

const withKey = `[[carrier]]
name = "uzpost"
title = "Oʻzbekiston pochtasi"
match = ["^[A-Z]{2}[0-9]{9}UZ$"]
settings = ["key"]
request = { url = "https://post.example/{number}?key={key}" }
events = "$.events[*]"
time = "$.at"
layout = ["rfc3339"]
text = "$.what"
`

// TestADefinedCarrierIsNamedByItsTitleAndSaysWhereItsKeyIs looks for both wherever a
// command tells of a carrier without its key.
func TestADefinedCarrierIsNamedByItsTitleAndSaysWhereItsKeyIs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "carriers.d", "uzpost.toml")
	if err := os.Mkdir(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	main := filepath.Join(dir, "parcelwatch.toml")
	for path, text := range map[string]string{file: withKey, main: "[store]\npath = '" + filepath.Join(dir, "parcels.db") + "'\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	broken := filepath.Join(dir, "carriers.d", "broken.toml")
	if err := os.WriteFile(broken, []byte("[[carrier]]\nname = 'x'\ncolour = 'red'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, language := range []string{"en", "ru"} {
		for _, args := range [][]string{{"carriers"}, {"carriers", "uzpost"}, {"carriers", "uzpost", "--json"}, {"track", "RB123456785UZ", "--carrier", "uzpost"}, {"status", "--json"}} {
			var out bytes.Buffer
			run(t.Context(), append(args, "--config", main), newEnv(env{
				in: strings.NewReader(""), out: &out, err: &out, getenv: func(key string) string {
					if key == "LANG" {
						return language
					}
					return ""
				},
			}))
			got := strings.ReplaceAll(out.String(), `\\`, `\`) // JSON doubles what separates folders on Windows
			if !strings.Contains(got, broken+":3: carrier.colour") {
				t.Errorf("%s: %q does not name the definition that is left out:\n%s", language, args, got)
			}
			if strings.Contains(got, "key_") || args[0] != "status" && !strings.Contains(got, file) || args[0] != "track" && !strings.Contains(got, "Oʻzbekiston pochtasi") {
				t.Errorf("%s: %q prints:\n%s", language, args, got)
			}
		}
	}
}

// TestCheckTellsOnlyOfCarriersThatAreAsked records refusals of carriers that are asked,
// switched off, without their credential, and gone.
func TestCheckTellsOnlyOfCarriersThatAreAsked(t *testing.T) {
	t.Parallel()
	db, err := driver.At(filepath.Join(t.TempDir(), "parcels.db"), nil).Open(t.Context(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	now := time.Now()
	for name, state := range map[string]parcel.CarrierState{
		"belpost": parcel.CarrierCredential, "hermes": parcel.CarrierCredential, "dhl": parcel.CarrierCredential, "gone": parcel.CarrierCredential,
		"kazpost": parcel.CarrierBlocked, "inpost": parcel.CarrierBlocked,
	} {
		until := now.Add(time.Hour)
		if name == "inpost" {
			until = now.Add(-time.Hour)
		}
		if err := db.SetCarrierHealth(t.Context(), parcel.CarrierHealth{Name: name, State: state, Until: until, Error: "refused"}); err != nil {
			t.Fatal(err)
		}
	}
	set, err := carriers.NewSet(all.Factories(), map[string]carriers.Options{"hermes": {Off: true}})
	if err != nil {
		t.Fatal(err)
	}
	if m, _ := set.Get("dhl"); len(m.Missing) == 0 {
		t.Fatal("dhl needs no credential any more")
	}
	var out bytes.Buffer
	k := &checking{env: newEnv(env{in: strings.NewReader(""), out: &out, err: &out, getenv: func(string) string { return "" }}), said: map[string]bool{}}
	k.refused(t.Context(), status.Source{Store: db, Carriers: set, Now: now})
	var got []string
	for _, f := range k.doc.Findings {
		got = append(got, f.Name+" "+f.State)
	}
	slices.Sort(got)
	if want := []string{"belpost wrong", "kazpost note"}; !slices.Equal(got, want) {
		t.Errorf("told of %q, want %q", got, want)
	}
}
