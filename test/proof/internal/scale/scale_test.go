//go:build linux

package scale_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/parcel/number"
	"parcelwatch/test/proof/internal/report"
	"parcelwatch/test/proof/internal/scale"
	"parcelwatch/test/rig"
)

func TestEachBrokenPromiseIsOneFinding(t *testing.T) {
	t.Parallel()
	broken := func(o scale.Outcome) (out []string) {
		var c report.Chapter
		o.Find(&c)
		for _, f := range c.Findings {
			if !f.OK {
				out = append(out, f.Promise)
			}
		}
		return out
	}
	if got := broken(scale.Fine()); len(got) != 0 {
		t.Errorf("an outcome without fault breaks %q", got)
	}
	for name, c := range map[string]struct {
		spoil func(*scale.Outcome)
		want  string
	}{
		"a mail is lost":               {func(o *scale.Outcome) { o.Verdict.Lost++ }, "every mail"},
		"a mail is recorded twice":     {func(o *scale.Outcome) { o.Verdict.Twice++ }, "every mail"},
		"a mail of another household":  {func(o *scale.Outcome) { o.Verdict.Foreign++ }, "every mail"},
		"a number in two parcels":      {func(o *scale.Outcome) { o.Verdict.Parcels++ }, "every mail"},
		"a digest that nobody made":    {func(o *scale.Outcome) { o.Verdict.Unknown++ }, "every digest"},
		"a digest that is not sent":    {func(o *scale.Outcome) { o.Verdict.Unsent++ }, "every digest"},
		"news told twice":              {func(o *scale.Outcome) { o.Verdict.Retold++ }, "every digest"},
		"news not told":                {func(o *scale.Outcome) { o.Verdict.Untold++ }, "every digest"},
		"many digests sent again":      {func(o *scale.Outcome) { o.Verdict.Repeated = 13 }, "again"},
		"a budget exceeded":            {func(o *scale.Outcome) { o.Verdict.Thrift++ }, "budget"},
		"a call too early":             {func(o *scale.Outcome) { o.Verdict.Closer++ }, "call a post"},
		"a slow takeover":              {func(o *scale.Outcome) { o.Faults[0].First = time.Minute }, "killed"},
		"a frozen daemon that goes on": {func(o *scale.Outcome) { o.Faults[1].Renewed = false }, "begins anew"},
		"slow visits":                  {func(o *scale.Outcome) { o.Growing[0].Rate = 0.1 }, "keep up"},
		"visits that cost more":        {func(o *scale.Outcome) { o.Growing[1].Database = time.Second }, "processor time"},
		"a lease that was lost":        {func(o *scale.Outcome) { o.Growing[1].Anew++ }, "loses its lease"},
		"visits with news":             {func(o *scale.Outcome) { o.Growing[1].News++ }, "no news"},
		"a household without a daemon": {func(o *scale.Outcome) { o.Faults[0].Unheld = time.Minute }, "living daemon"},
		"connections that stay double": {func(o *scale.Outcome) { o.Faults[2].Settled = time.Minute }, "living daemon"},
		"claims that nobody looked at": {func(o *scale.Outcome) { o.Looks = 0 }, "living daemon"},
		"large mailboxes":              {func(o *scale.Outcome) { o.Loaded.Private = 200 << 20 }, "private memory"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := scale.Fine()
			c.spoil(&o)
			if got := broken(o); len(got) != 1 || !strings.Contains(got[0], c.want) {
				t.Errorf("breaks %q, want the one about %q", got, c.want)
			}
		})
	}
}

func TestSharesAreFairIfAllIsHeldAndNobodyHasTwoMoreThanAnother(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		holders map[string]int
		want    bool
	}{
		"even":             {map[string]int{"a": 4, "b": 3, "c": 3}, true},
		"one is idle":      {map[string]int{"a": 5, "b": 5, "c": 0}, false},
		"one is missing":   {map[string]int{"a": 5, "b": 5}, false},
		"one is not held":  {map[string]int{"a": 3, "b": 3, "c": 3}, false},
		"one has too many": {map[string]int{"a": 5, "b": 2, "c": 3}, false},
	} {
		if got := scale.Fair(c.holders, 3, 10); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestConnectionsAreReadByMailbox(t *testing.T) {
	t.Parallel()
	got := scale.Who("username      # proto (pids) (ips)\nh0001-1   1 imap (10)  (127.0.0.1)\nhome-2@rig.test 2 imap (11 12) (127.0.0.1)\nh0001-1 1 lmtp (13) ()\n")
	if diff := cmp.Diff(map[string]int{"h0001-1": 1, "home-2": 2}, got); diff != "" {
		t.Error(diff)
	}
}

func TestEveryNumberHasOnePost(t *testing.T) {
	t.Parallel()
	for n := range 300 {
		posts := 0
		for i := range 20 {
			if regexp.MustCompile(scale.Share(i)).MatchString(rig.Number(scale.Arriving+n, "CN")) {
				posts++
			}
		}
		if posts != 1 {
			t.Fatalf("%s has %d posts", rig.Number(n, "CN"), posts)
		}
	}
}

func TestArrivingNumbersAreValidAndSortAfterTheOthers(t *testing.T) {
	t.Parallel()
	l := scale.Letter(7, time.Unix(0, 0))
	if number.Number(l.Number).Check() != number.CheckOK || l.Number < scale.FirstArriving() {
		t.Errorf("got %s", l.Number)
	}
	if before := rig.Number(scale.Arriving-1, "CN"); before >= scale.FirstArriving() {
		t.Errorf("%s sorts after %s", before, scale.FirstArriving())
	}
}

func TestMailIsSpreadOverTheHouseholds(t *testing.T) {
	t.Parallel()
	for _, households := range []int{30, 500} {
		got, first := map[int]bool{}, 0
		for n := range households {
			h := scale.Recipient(n, households)
			if got[h] = true; n < 12 && h < households/3 {
				first++
			}
		}
		if len(got) != households || first == 0 {
			t.Errorf("of %d households %d get a mail, %d of the first third early", households, len(got), first)
		}
	}
}

func TestTheClosestCallsAreFound(t *testing.T) {
	t.Parallel()
	at := func(ms ...int) (out []time.Time) {
		for _, m := range ms {
			out = append(out, time.UnixMilli(int64(m)))
		}
		return out
	}
	if shortest, closer := scale.Closest(at(0, 1000, 1940, 3000), 950*time.Millisecond); shortest != 940*time.Millisecond || closer != 1 {
		t.Errorf("got %s, %d", shortest, closer)
	}
	if shortest, closer := scale.Closest(at(0), time.Second); shortest != 0 || closer != 0 {
		t.Errorf("of one call: %s, %d", shortest, closer)
	}
}

func TestTheMostCallsWithinATimeAreCounted(t *testing.T) {
	t.Parallel()
	var calls []time.Time
	for _, second := range []int64{0, 1, 2, 9, 10, 10, 11, 30} {
		calls = append(calls, time.Unix(second, 0))
	}
	if got := scale.Crowd(calls, 10*time.Second); got != 5 {
		t.Errorf("got %d", got)
	}
}

func TestRowsAreComparedWithWhatIsExpected(t *testing.T) {
	t.Parallel()
	want := []scale.Row{{"a", "1"}, {"a", "2"}, {"b", "3"}}
	have := []scale.Row{{"a", "1"}, {"b", "2"}, {"b", "3"}, {"b", "3"}}
	if missing, twice, foreign := scale.Compare(want, have); missing != 1 || twice != 1 || foreign != 1 {
		t.Errorf("got %d, %d, %d", missing, twice, foreign)
	}
}

func TestTheWatchRemembersTheLongestTimeWithoutADaemon(t *testing.T) {
	t.Parallel()
	var w scale.Watch
	for i, all := range []bool{true, false, false, true, false, true} {
		w.Saw(all, time.Unix(int64(i), 0))
	}
	if got := w.Reset(); got != time.Second {
		t.Errorf("got %s", got)
	}
	if got := w.Reset(); got != 0 {
		t.Errorf("after the reset: %s", got)
	}
}

func TestWhatIsUsedAnywayIsNotCounted(t *testing.T) {
	t.Parallel()
	idle := scale.Spent{Over: 10 * time.Second, Daemons: time.Second, Database: 2 * time.Second}
	busy := scale.Spent{Over: 20 * time.Second, Daemons: 3 * time.Second, Database: 8 * time.Second}
	if daemons, database := busy.Each(100, idle); daemons != 10*time.Millisecond || database != 40*time.Millisecond {
		t.Errorf("got %s, %s", daemons, database)
	}
}
