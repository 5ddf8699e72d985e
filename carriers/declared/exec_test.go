//go:build unix

package declared_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/declared"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// TestAProgramAnswers runs scripts that print events, know no number, print too much or
// fail.
func TestAProgramAnswers(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		script string
		want   error
	}{
		"events":         {`printf '{"number":"%s","events":[{"time":"2026-03-01T09:00:00+05:00","status":"accepted","text":"Accepted","country":"UZ"}]}' "$1"`, nil},
		"not known":      {"exit 3", carriers.ErrNotFound},
		"it fails":       {"exit 1", carriers.ErrTemporary},
		"another number": {`echo '{"number":"RB000000005CN","events":[]}'`, carriers.ErrChanged},
		"no events":      {`echo '{}'`, carriers.ErrChanged},
		"no JSON":        {"echo hello", carriers.ErrChanged},
		"no times":       {`echo '{"events":[{"text":"x"}]}'`, carriers.ErrChanged},
		"far too much":   {"exec yes", carriers.ErrChanged},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "mine.sh")
			if err := os.WriteFile(path, []byte("#!/bin/sh\n"+tc.script+"\n"), 0o700); err != nil {
				t.Fatal(err)
			}
			f, err := declared.New(declared.Definition{Name: "mine", Match: []string{"^XX"}, Exec: []string{path, "{number}"}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			c, err := f.New(carriers.Config{})
			if err != nil {
				t.Fatal(err)
			}
			res, err := c.Track(t.Context(), []number.Number{"XX0123456789"})
			if err == nil {
				err = res[0].Err
			}
			if tc.want != nil && !errors.Is(err, tc.want) || tc.want == nil && (err != nil || res[0].Tracking.Events[0].Status != parcel.Accepted) {
				t.Errorf("results %+v, error %v, want %v", res, err, tc.want)
			}
		})
	}
}
