package token_test

import (
	"net/url"
	"testing"

	"parcelwatch/internal/token"
)

func TestATokenIsRecognisedByItsHashOnly(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 100 {
		one := token.New()
		if seen[one] || len(one) != 43 || url.QueryEscape(one) != one {
			t.Fatalf("token %q", one)
		}
		seen[one] = true
		hash := token.Hash(one)
		for wrong, why := range map[string]string{"": "nothing", one + "x": "a longer token", one[1:]: "a shorter token", hash: "the hash", token.New(): "another token"} {
			if token.Matches(hash, wrong) {
				t.Errorf("%s is taken for the token", why)
			}
		}
		if !token.Matches(hash, one) || token.Matches("", one) || token.Matches(hash[1:], one) {
			t.Errorf("token %q and hash %q", one, hash)
		}
	}
	// Hashes are kept in stores, so that their form must not change.
	if got := token.Hash("abc"); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("the hash of abc is %s", got)
	}
}
