package mailwatch_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parcelwatch/extract/shop/aliexpress"
	"parcelwatch/mailwatch"
)

func TestStretchesCoverEveryMailOnceNewestFirst(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		messages := rapid.IntRange(0, 2_000_000).Draw(t, "messages")
		length := rapid.IntRange(1000, 3_000_000).Draw(t, "length")
		next := messages
		for _, c := range mailwatch.Stretches(messages, nil, length) {
			set := c.SeqNum[0][0]
			first, last := int(set.Start), int(set.Stop)
			if last != next || first < 1 || first > last || last-first >= length {
				t.Fatalf("stretch %v where %d was due", set, next)
			}
			next = first - 1
		}
		if next != 0 {
			t.Fatalf("%d mails are in no stretch", next)
		}
	})
}

func TestStretchesOfKnownMails(t *testing.T) {
	t.Parallel()
	var got []string
	for _, c := range mailwatch.Stretches(0, []uint32{3, 4, 9, 20, 21, 4294967295}, 4) {
		got = append(got, c.UID[0].String())
	}
	if diff := cmp.Diff([]string{"9:*", "3:4"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnswersToSearchAreWalkedWithCare(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name        string
		set         imap.UIDSet
		first, last uint32
		want        []uint32
		wrong       bool
	}{
		{name: "nothing", first: 1, last: 10},
		{name: "ranges and numbers", set: imap.UIDSet{{Start: 1, Stop: 3}, {Start: 7, Stop: 7}}, first: 1, last: 10, want: []uint32{1, 2, 3, 7}},
		{name: "zero", set: imap.UIDSet{{Start: 0, Stop: 0}, {Start: 5, Stop: 0}, {Start: 4, Stop: 4}}, first: 1, last: 10, want: []uint32{4}},
		{name: "the last mail although it is old", set: imap.UIDSet{{Start: 9, Stop: 9}}, first: 10, last: math.MaxUint32},
		{name: "backwards", set: imap.UIDSet{{Start: 6, Stop: 4}}, first: 1, last: 10, want: []uint32{4, 5, 6}},
		{name: "twice", set: imap.UIDSet{{Start: 1, Stop: 2}, {Start: 2, Stop: 3}}, first: 1, last: 10, want: []uint32{1, 2, 3}},
		{name: "everything there could be", set: imap.UIDSet{{Start: 1, Stop: math.MaxUint32}}, first: 1, last: math.MaxUint32, wrong: true},
		{name: "everything within bounds", set: imap.UIDSet{{Start: 1, Stop: math.MaxUint32}}, first: 8, last: 9, want: []uint32{8, 9}},
		{name: "the highest of all", set: imap.UIDSet{{Start: math.MaxUint32, Stop: math.MaxUint32}}, first: 1, last: math.MaxUint32, want: []uint32{math.MaxUint32}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := mailwatch.UIDsWithin(c.set, c.first, c.last)
			if (err != nil) != c.wrong {
				t.Fatalf("error: %v", err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" && !c.wrong {
				t.Error(diff)
			}
		})
	}
}

func TestSearchKeysNameEverySenderInShortCommands(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n      int
		domain string
	}{{0, ""}, {1, ""}, {2, ""}, {5, ""}, {32, ""}, {33, ""}, {100, ""}, {60, "m.shop."}, {40, strings.Repeat("long.", 20)}, {3, strings.Repeat("longer.", 200)}} {
		t.Run(fmt.Sprintf("%d of %d letters", c.n, len(c.domain)), func(t *testing.T) {
			t.Parallel()
			var senders, got []string
			for i := range c.n {
				senders = append(senders, fmt.Sprintf("shop%d.%sexample", i, c.domain))
			}
			list := mailwatch.FromCriteria(senders)
			for _, c := range list {
				named := values(c)
				if size := len(strings.Join(named, `OR (FROM "") ()`)); len(named) > 32 || len(named) > 1 && size > 900 {
					t.Errorf("%d senders and %d bytes in one command", len(named), size)
				}
				got = append(got, named...)
			}
			if diff := cmp.Diff(senders, got); diff != "" || len(list) == 0 {
				t.Errorf("%d commands: %s", len(list), diff)
			}
		})
	}
}

func TestTheShopAndAllRewritersAreSearchedForAtOnce(t *testing.T) {
	t.Parallel()
	if n := len(mailwatch.FromCriteria(aliexpress.New().Senders(nil, nil, nil).Keys())); n != 1 {
		t.Errorf("%d commands, and each looks at every mail", n)
	}
}

func values(c imap.SearchCriteria) []string {
	var out []string
	for _, h := range c.Header {
		out = append(out, h.Value)
	}
	for _, or := range c.Or {
		out = append(append(out, values(or[0])...), values(or[1])...)
	}
	return out
}

func TestDelaysGrowAndStayWithinBounds(t *testing.T) {
	t.Parallel()
	list := mailwatch.NextDelays(40)
	for i, d := range list {
		if d < 5*time.Second || d > 15*time.Minute {
			t.Errorf("delay %d: %v", i, d)
		}
	}
	if list[0] != 5*time.Second {
		t.Errorf("first: %v", list[0])
	}
	for _, d := range list[12:] {
		if d < 7*time.Minute {
			t.Errorf("late and short: %v", d)
		}
	}
	if slices.Compact(slices.Clone(list[12:]))[0] == list[39] && len(slices.Compact(slices.Clone(list[12:]))) == 1 {
		t.Error("no jitter")
	}
}
