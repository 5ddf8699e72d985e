//go:build linux

package faults_test

import (
	"slices"
	"testing"

	"parcelwatch/test/proof/internal/faults"
)

func TestWhatIsSaidOfAFault(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ line, want string }{
		"the reason, where there is one": {`time=2026-03-01T12:00:00Z level=WARN msg="mailbox state" state=broken err="home: \"x\" does not answer"`, `home: "x" does not answer`},
		"the message, where there is no": {`time=2026-03-01T12:00:00Z level=INFO msg="the server renumbered the folder" since=60d`, "the server renumbered the folder"},
		"one word":                       {`level=INFO msg=started life=start`, "started"},
		"the whole line of no log":       {"parcelwatch: the store is damaged", "parcelwatch: the store is damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := faults.Said(tt.line); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestEveryPromisedFaultIsTriedOnce(t *testing.T) {
	t.Parallel()
	for part, promised := range map[string][]string{
		"IMAP": {"black hole", "reset", "slow", "BYE", "wrong UIDVALIDITY", "truncated literal", "server restart", "certificate change", "connection limit"},
		"SMTP": {"refused", "4xx", "5xx", "cut in the middle", "cut at the end", "slow"},
		"posts": {
			"500", "429", "captcha", "garbage", "endless", "slow", "wrong certificate", "DNS gone",
		},
		"machine": {
			"disk full", "read-only disk", "clock jumps forward", "clock jumps back", "suspend", "out of file descriptors",
			"database locked", "database corrupted",
		},
	} {
		names := faults.Names(part)
		for _, name := range promised {
			if !slices.Contains(names, name) {
				t.Errorf("%s, %s is not tried", part, name)
			}
		}
		slices.Sort(names)
		if got := len(slices.Compact(slices.Clone(names))); got != len(names) {
			t.Errorf("%s: two faults of one name in %q", part, names)
		}
	}
}
