package setup_test

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"parcelwatch/internal/setup"
)

func TestAPasswordOfThePageIsKeptAsAHash(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]error{
		"":                       setup.ErrShort,
		"семьзна":                setup.ErrShort, // 7 characters, 14 bytes
		"восемьзн":               nil,
		strings.Repeat("x", 72):  nil,
		strings.Repeat("x", 73):  setup.ErrLong,
		strings.Repeat("я", 37):  setup.ErrLong,
		" blanks at both ends  ": nil,
	} {
		hash, err := setup.Hash(password)
		if !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", password, err, want)
		}
		if want == nil && (strings.Contains(hash, password) || bcrypt.CompareHashAndPassword([]byte(hash), []byte(password)) != nil) {
			t.Errorf("%q becomes %q", password, hash)
		}
	}
}

func TestTheNamesOfAMachineAreNamesOfHosts(t *testing.T) {
	t.Parallel()
	for full, want := range map[string]string{
		"nas": "nas nas.local", "NAS.fritz.box.": "nas nas.local nas.fritz.box", "mac.local": "mac mac.local",
		"localhost": "", "localhost.localdomain": "", "": "", "two words": "", "a_b\"": "",
	} {
		if got := strings.Join(setup.NamesOf(full), " "); got != want {
			t.Errorf("%q: got %q, want %q", full, got, want)
		}
	}
}
