package app_test

import (
	"testing"

	"parcelwatch/config"
	"parcelwatch/internal/app"
)

func TestTheAddressOfThePageIsTheOneThatABrowserCanOpen(t *testing.T) {
	t.Parallel()
	for want, w := range map[string]config.Web{
		"http://127.0.0.1:8417":          {Listen: "127.0.0.1:8417"},
		"http://localhost:8417":          {Listen: ":8417"},
		"https://localhost:8417/p":       {Listen: "0.0.0.0:8417", Certificate: "c", Key: "k", Prefix: "/p"},
		"http://[::1]:8417":              {Listen: "[::1]:8417"},
		"http://nas.example:8417":        {Listen: "0.0.0.0:8417", Hosts: []string{"nas.example"}},
		"https://home.example/parcels":   {Listen: "127.0.0.1:8417", Hosts: []string{"home.example"}, Proxies: []string{"127.0.0.1"}, Prefix: "/parcels"},
		"https://parcels.example.org:80": {Listen: "192.0.2.1:80", Hosts: []string{"parcels.example.org"}, Certificate: "c"},
	} {
		if got := app.PageAddress(w); got != want {
			t.Errorf("%+v: %s, want %s", w, got, want)
		}
	}
}

func TestOthersAreGivenAnAddressThatTheyCanOpen(t *testing.T) {
	t.Parallel()
	proxied := config.Web{Listen: "127.0.0.1:8417", Hosts: []string{"home.example"}, Proxies: []string{"127.0.0.1"}, Prefix: "/parcels"}
	for want, all := range map[string][]config.Web{
		"":                              {{}, {Listen: "127.0.0.1:8417"}, {Listen: "localhost:8417"}, {Listen: "[::1]:8417"}, {Listen: ":8417"}, {Listen: "0.0.0.0:8099"}, {Listen: "[::]:8417"}},
		"http://nas.example:8417/":      {{Listen: ":8417", Hosts: []string{"nas.example"}}},
		"http://192.0.2.1:8417/":        {{Listen: "192.0.2.1:8417"}},
		"https://home.example/parcels/": {proxied},
	} {
		for _, w := range all {
			if got := app.SharedPage(w); got != want {
				t.Errorf("%+v: got %q, want %q", w, got, want)
			}
			cfg := config.Default()
			cfg.Web = w
			m, err := app.MQTT(cfg)
			if err != nil || m.Page != want {
				t.Errorf("%+v: Home Assistant is given %q, want %q: %v", w, m.Page, want, err)
			}
		}
	}
}
