package all_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/all"
	"parcelwatch/parcel/number"
)

func TestFactories(t *testing.T) {
	known := map[string]bool{}
	for _, f := range all.Factories() {
		if known[f.Info.Name] {
			t.Errorf("%s stands twice", f.Info.Name)
		}
		known[f.Info.Name] = true
		folder := f.Info.Name
		if folder == "inpostitalia" {
			folder = "inpost" // one adapter for two countries
		}
		if _, err := os.Stat(filepath.Join("..", folder, folder+".go")); err != nil {
			t.Errorf("%s has no folder of its name: %v", f.Info.Name, err)
		}
	}
	folders, err := filepath.Glob("../*/codes.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		if name := filepath.Base(filepath.Dir(f)); !known[name] {
			t.Errorf("carrier %s is not in the list", name)
		}
	}
	if len(folders) == 0 {
		t.Error("no carrier folders were found")
	}
}

func TestSetOfAll(t *testing.T) {
	set, err := carriers.NewSet(all.Factories(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range set.Members() {
		if m.Info.NeedsCredential() != (len(m.Missing) > 0) {
			t.Errorf("%s without settings misses %v", m.Info.Name, m.Missing)
		}
	}
}

// hostOf records the host of each request and answers none.
type hostOf struct{ hosts []string }

func (h *hostOf) RoundTrip(r *http.Request) (*http.Response, error) {
	h.hosts = append(h.hosts, r.URL.Scheme+"://"+r.URL.Host)
	return nil, &url.Error{Op: r.Method, URL: r.URL.String(), Err: os.ErrDeadlineExceeded}
}

func TestTheFirstCallGoesToTheBaseURL(t *testing.T) {
	for _, f := range all.Factories() {
		settings := map[string]string{}
		for _, s := range f.Info.Settings {
			settings[s.Name] = "something"
		}
		var seen hostOf
		c, err := f.New(carriers.Config{HTTP: &http.Client{Transport: &seen}, Settings: settings})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Track(t.Context(), []number.Number{"RB123456785CN"}) // fails: nobody answers
		if len(seen.hosts) == 0 || seen.hosts[0] != f.Info.BaseURL {
			t.Errorf("%s calls %v first, want %s", f.Info.Name, seen.hosts, f.Info.BaseURL)
		}
	}
}
