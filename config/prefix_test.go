package config_test

import (
	"testing"

	"parcelwatch/config"
)

func TestAPrefixIsAPathThatEndsWithoutASlash(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"/parcels": true, "/a/b_c/d-e/f.g/~h": true, "/api/hassio_ingress/Ab1_-x": true,
		"": false, "/": false, "parcels": false, "/a/": false, "//a": false, "/a//b": false, "/..": false, "/a/../b": false, "/.a": false, "/-a": false,
		"/a b": false, "/a?b": false, "/a#b": false, "/a\n": false, "/ä": false, `/a"b`: false, "/a%2e": false, "https://a/b": false,
	} {
		if got := config.IsPrefix(s); got != want {
			t.Errorf("%q: %t, want %t", s, got, want)
		}
	}
}
