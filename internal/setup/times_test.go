package setup_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/internal/setup"
)

func TestTimesAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string][]string{
		"08:00":            {"08:00"},
		"8:00":             {"08:00"},
		"19.30, 8.00":      {"08:00", "19:30"},
		"8:00 и 19:00":     {"08:00", "19:00"},
		"7 and 7:00; 21":   {"07:00", "21:00"},
		"0":                {"00:00"},
		"":                 nil,
		"never":            nil,
		"24:00":            nil,
		"8:60":             nil,
		"8:00 or so, 25":   nil,
		"8h":               nil,
		"-1":               nil,
		"8:00:00":          nil,
		"١٢:٠٠":            nil, // only Western digits
		"08:00\x1b[2J, 9 ": nil,
	} {
		got, ok := setup.Times(typed)
		if diff := cmp.Diff(want, got); diff != "" || ok != (want != nil) {
			t.Errorf("%q: %v %s", typed, ok, diff)
		}
	}
}
