package command

import (
	"testing"

	"parcelwatch/config"
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
		if got := pageAddress(w); got != want {
			t.Errorf("%+v: %s, want %s", w, got, want)
		}
	}
}
