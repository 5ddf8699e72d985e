package app

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"parcelwatch/config"
	"parcelwatch/internal/api"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

// family writes a configuration with a page, and a file for each further household.
func family(t *testing.T, address, password string, others map[string]string) *config.Config {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{"parcelwatch.toml": fmt.Sprintf("[web]\nlisten = %q\npassword = %q\n", address, password)}
	if err := os.Mkdir(filepath.Join(dir, config.HouseholdsDir), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, more := range others {
		files[filepath.Join(config.HouseholdsDir, name+".toml")] = "destination = \"BY\"\n[[mailbox]]\nname = \"x\"\nhost = \"127.0.0.1\"\nport = 1\ntls = \"none\"\nusername = \"" + name +
			"\"\npassword = \"secret\"\n[[digest]]\nto = [\"" + name + "@example.org\"]\nat = [\"08:00\"]\n" + more
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := config.Load(filepath.Join(dir, "parcelwatch.toml"))
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestAHouseholdSignsInToItsOwnPageAndSeesNoOther(t *testing.T) {
	t.Parallel()
	const mine, hers = "the password at home", "the password of anna"
	address := port(t)
	a := running(t, family(t, address, mine, map[string]string{"anna": "[web]\npassword = \"" + hers + "\"\n", "boris": ""}))
	until(t, func() bool { return a.life.Load().members.household("anna") != nil })
	for name, n := range map[string]string{store.Home: "RB123456785CN", "anna": "RR900000416CN"} {
		h := a.life.Load().members.household(name)
		if err := h.store.Apply(t.Context(), store.Scope{Now: time.Now()}, func(s *store.State) error {
			p := &parcel.Parcel{FirstSeen: time.Now()}
			p.AddLink(parcel.Link{Number: number.Number(n), Since: p.FirstSeen, Certainty: parcel.Certain})
			s.Parcels = []*parcel.Parcel{p}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	home, anna := "http://"+address, "http://"+address+"/household/anna"
	v := newVisitor(t)
	until(t, func() bool { return v.send(http.MethodGet, home+"/", "") != 0 })
	login := func(base, password string) int {
		t.Helper()
		return v.send(http.MethodPost, base+"/login", url.Values{"password": {password}}.Encode())
	}
	expect := func(what, target string, want int) {
		t.Helper()
		if got := v.send(http.MethodGet, target, ""); got != want {
			t.Errorf("%s: %d, not %d", what, got, want)
		}
	}
	expect("before a sign-in", anna+"/", http.StatusSeeOther)
	if login(anna, mine); v.send(http.MethodGet, anna+"/", "") == http.StatusOK {
		t.Error("the password at home opens the page of another household")
	}
	login(home, mine)
	expect("at home", home+"/", http.StatusOK)
	expect("at home, the page of another household", anna+"/", http.StatusSeeOther)
	expect("at home, its own parcel", home+"/parcel/RB123456785CN", http.StatusOK)
	expect("at home, a parcel of another household", home+"/parcel/RR900000416CN", http.StatusNotFound)
	login(anna, hers)
	expect("anna", anna+"/", http.StatusOK)
	expect("anna, her parcel", anna+"/parcel/RR900000416CN", http.StatusOK)
	expect("anna, a parcel at home", anna+"/parcel/RB123456785CN", http.StatusNotFound)
	expect("a household without a password", home+"/household/boris/", http.StatusNotFound)
	expect("a household that there is not", home+"/household/clara/", http.StatusNotFound)
	expect("the household at home by its name", home+"/household/home/", http.StatusNotFound)

	token, err := api.AddToken(t.Context(), a.life.Load().members.household("anna").store, "phone", api.Read, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for base, want := range map[string]int{anna: http.StatusOK, home: http.StatusUnauthorized} {
		if got := v.call(base+"/api/v1/parcels/RR900000416CN", token); got != want {
			t.Errorf("anna's token at %s: %d, not %d", base, got, want)
		}
	}
	if got := v.call(anna+"/api/v1/parcels/RB123456785CN", token); got != http.StatusNotFound {
		t.Errorf("anna's token reads a parcel at home: %d", got)
	}
}
