//go:build unix

package declared_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/declared"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// scripted returns a carrier that a shell script answers for, and the path of the script.
func scripted(t *testing.T, script string) (path string, c carriers.Carrier) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "mine.sh")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	f, faults := declared.New(&declared.Definition{Name: "mine", Match: []string{"^XX"}, Exec: []string{path, "{number}"}}, nil)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	c, err := f.New(carriers.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return path, c
}

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
			_, c := scripted(t, tc.script)
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

// TestChildrenOfAProgramEndWithIt starts a process that would outlive its program: one
// that holds the output open, and one that is left behind in silence.
func TestChildrenOfAProgramEndWithIt(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		script string
		cancel bool
	}{
		"the time is over":  {"sleep 1000 & echo $! >\"$0.pid\"; wait", true},
		"it holds a pipe":   {"sleep 1000 & echo $! >\"$0.pid\"; exit 3", false},
		"it is left behind": {"sleep 1000 >/dev/null 2>&1 & echo $! >\"$0.pid\"; exit 3", false},
		"of a child":        {"sh -c 'sleep 1000 >/dev/null 2>&1 & echo $! >\"$1.pid\"' - \"$0\"; exit 3", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, c := scripted(t, tc.script)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				_, _ = c.Track(ctx, []number.Number{"XX0123456789"})
			}()
			if tc.cancel {
				child(t, path)
				cancel()
			}
			<-ended
			for pid := child(t, path); alive(pid); { // for 1000 s if it outlives its program
				time.Sleep(10 * time.Millisecond)
			}
		})
	}
}

// child waits for the id that a script writes.
func child(t *testing.T, path string) int {
	t.Helper()
	for {
		if data, err := os.ReadFile(path + ".pid"); err == nil && strings.HasSuffix(string(data), "\n") {
			pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
			if err != nil {
				t.Fatal(err)
			}
			return pid
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// alive reports whether a process runs. One that has ended may wait for its parent.
func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	_, state, found := strings.Cut(string(stat), ") ")
	return err != nil || !found || !strings.HasPrefix(state, "Z")
}

// TestTheOutputOfAProgramCanBeKeptAndReadAgain tries a program with and without an answer.
func TestTheOutputOfAProgramCanBeKeptAndReadAgain(t *testing.T) {
	t.Parallel()
	const printed = `{"number":"XX0123456789","phone":"+998 90 123 45 67","numbers":["RB123456785UZ"],"events":[
{"time":"2026-03-01T09:00:00+05:00","status":"accepted","text":"Accepted","by":"Planted"},{"time":"2026-03-02T09:00","status":"delivered","text":"Delivered, signed by PLANTED"}]}`
	path := filepath.Join(t.TempDir(), "mine.sh")
	if err := os.WriteFile(path, []byte("#!/bin/sh\ncat <<E\n"+printed+"\nE\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	f, faults := declared.New(&declared.Definition{Name: "mine", Match: []string{"^XX"}, Exec: []string{path, "{number}"}}, nil)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	c, err := f.New(carriers.Config{})
	if err != nil {
		t.Fatal(err)
	}
	res, trace, err := declared.Try(t.Context(), c, "XX0123456789", nil)
	if err != nil || strings.TrimSpace(string(trace.Answer)) != printed || len(trace.Rows) != 2 || len(res.Tracking.Events) != 2 {
		t.Fatalf("answer %s, error %v", trace.Answer, err)
	}
	kept{"a program", f, "XX0123456789", trace.Answer, planted(), "2026-03-02T09:00"}.again(t)
	res, _, err = declared.Try(t.Context(), c, "XX0123456789", []byte(`{"events":[{"time":"2026-03-05T09:00","text":"Other"}]}`))
	if err != nil || len(res.Tracking.Events) != 1 || res.Tracking.Events[0].Text != "Other" {
		t.Errorf("the answer that is given is not read: %+v, %v", res, err)
	}
}
