package notify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

func TestComposeSections(t *testing.T) {
	t.Parallel()
	moved := parcel.Change{Kind: parcel.ChangeMoved, From: parcel.Accepted}
	fresh := parcel.Change{Kind: parcel.ChangeNewParcel}
	quiet := parcel.Change{Kind: parcel.ChangeNewParcel, Quiet: true}
	for _, c := range []struct {
		name    string
		parcel  parcel.Parcel
		changes []parcel.Change
		want    notify.SectionKind // empty if not shown
		news    bool
	}{
		{"one that waits for pickup needs the person", parcel.Parcel{Status: parcel.ReadyForPickup}, []parcel.Change{moved}, notify.SectionNeeds, true},
		{"it still does when nothing has changed", parcel.Parcel{Status: parcel.ReadyForPickup}, nil, notify.SectionNeeds, false},
		{"customs that want something need the person", parcel.Parcel{Status: parcel.CustomsHold}, nil, notify.SectionNeeds, false},
		{"a failed delivery needs the person", parcel.Parcel{Status: parcel.AttemptFailed}, nil, notify.SectionNeeds, false},
		{"a damaged one needs the person", parcel.Parcel{Status: parcel.Exception}, nil, notify.SectionNeeds, false},
		{"one on its way back needs the person", parcel.Parcel{Status: parcel.Returning}, nil, notify.SectionNeeds, false},
		{"one with the courier is for today", parcel.Parcel{Status: parcel.OutForDelivery}, []parcel.Change{moved}, notify.SectionToday, true},
		{"a change of status has moved", parcel.Parcel{Status: parcel.InTransit}, []parcel.Change{moved}, notify.SectionMoved, true},
		{"a first sight is new, also when it has moved since", parcel.Parcel{Status: parcel.Accepted}, []parcel.Change{fresh, moved}, notify.SectionNew, true},
		{"no change is quiet", parcel.Parcel{Status: parcel.InTransit}, nil, notify.SectionQuiet, false},
		{"one found stalled is stalled", parcel.Parcel{Status: parcel.InTransit, Stalled: daysAgo(1)}, nil, notify.SectionStalled, false},
		{"delivered is told once", parcel.Parcel{Status: parcel.Delivered}, []parcel.Change{moved}, notify.SectionDelivered, true},
		{"delivered long ago is not shown", parcel.Parcel{Status: parcel.Delivered}, nil, "", false},
		{"the first sight of a delivered one is quiet", parcel.Parcel{Status: parcel.Delivered}, []parcel.Change{quiet}, "", false},
		{"the quiet first sight of one on its way is no news, but shown", parcel.Parcel{Status: parcel.InTransit}, []parcel.Change{quiet}, notify.SectionQuiet, false},
		{"returned has ended", parcel.Parcel{Status: parcel.Returned}, []parcel.Change{moved}, notify.SectionEnded, true},
		{"expired has ended", parcel.Parcel{Status: parcel.Expired}, []parcel.Change{moved}, notify.SectionEnded, true},
		{"a muted one is not told", parcel.Parcel{Status: parcel.ReadyForPickup, Muted: true}, []parcel.Change{moved}, "", false},
		{"one the person has closed is not told", parcel.Parcel{Status: parcel.ReadyForPickup, Closed: true}, []parcel.Change{moved}, "", false},
		{"protection that ends soon needs the person", parcel.Parcel{Status: parcel.InTransit, Shipped: daysAgo(55)}, nil, notify.SectionNeeds, false},
		{"protection that has ended does not", parcel.Parcel{Status: parcel.InTransit, Shipped: daysAgo(61)}, nil, notify.SectionQuiet, false},
		{"protection far off does not", parcel.Parcel{Status: parcel.InTransit, Shipped: daysAgo(52)}, nil, notify.SectionQuiet, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := one(c.parcel, slices.Clone(c.changes)...)
			in.Protection = notify.Protection{Days: 60, Remind: 7}
			d := notify.Compose(in, noon)
			want := map[notify.SectionKind][]string{}
			if c.want != "" {
				want[c.want] = []string{"RB123456785CN"}
			}
			if diff := cmp.Diff(want, sections(d)); diff != "" {
				t.Errorf("sections (-want +got):\n%s", diff)
			}
			if d.Empty() == c.news {
				t.Errorf("Empty() = %v with %d news", d.Empty(), d.News)
			}
			if len(d.Told) != len(c.changes) {
				t.Errorf("told %v, want all %d changes", d.Told, len(c.changes))
			}
		})
	}
}

func TestComposeNotes(t *testing.T) {
	t.Parallel()
	between := parcel.Parcel{
		Status: parcel.Export, Phase: parcel.PhaseBetween, Origin: "CN", Destination: "RU",
		Exported: daysAgo(12), LastEvent: daysAgo(12), FirstSeen: daysAgo(20),
	}
	overdue := between
	overdue.Stalled = daysAgo(1)
	somewhere := between
	somewhere.Destination = ""
	unseen := parcel.Parcel{Status: parcel.PreAdvice, FirstSeen: noon}
	pickup := func(day parcel.Date) parcel.Parcel {
		return parcel.Parcel{Status: parcel.ReadyForPickup, Pickup: parcel.Pickup{Place: "Post office 7", Until: day}}
	}
	for _, c := range []struct {
		name    string
		parcel  parcel.Parcel
		changes []parcel.Change
		want    []string
	}{
		{"the gap is explained", between, nil, []string{"note_gap"}},
		{"the gap is explained without a known country", somewhere, nil, []string{"note_gap_somewhere"}},
		{"past the usual time the advice is to ask", overdue, nil, []string{"note_overdue"}},
		{"one never seen says since when it is known", unseen, nil, []string{"note_unseen_today"}},
		{"a quiet one says when it was seen", parcel.Parcel{Status: parcel.InTransit, LastEvent: daysAgo(3)}, nil, []string{"note_quiet"}},
		{"a stalled one says how long", parcel.Parcel{Status: parcel.InTransit, LastEvent: daysAgo(30), Stalled: noon}, nil, []string{"note_stalled"}},
		{"pickup says where and until when", pickup("2026-03-15"), nil, []string{"note_pickup_place", "note_pickup_until"}},
		{"pickup says that it is today", pickup("2026-03-12"), nil, []string{"note_pickup_place", "note_pickup_today"}},
		{"pickup says that it is over", pickup("2026-03-11"), nil, []string{"note_pickup_place", "note_pickup_over"}},
		{"a day that is none is left out", pickup("soon"), nil, []string{"note_pickup_place"}},
		{
			"of several moves the first before counts",
			parcel.Parcel{Status: parcel.Import},
			[]parcel.Change{{Kind: parcel.ChangeMoved, From: parcel.Accepted}, {Kind: parcel.ChangeMoved, From: parcel.Export}},
			[]string{"note_before"},
		},
		{
			"a new number tells the old one",
			parcel.Parcel{Status: parcel.InTransit},
			[]parcel.Change{{Kind: parcel.ChangeNumber, Old: "LP00999900000034"}, {Kind: parcel.ChangeMaybeSame, New: "RB987654326CN"}},
			[]string{"note_number", "note_maybe"},
		},
		{
			"an expected day is told once",
			parcel.Parcel{Status: parcel.InTransit, ETA: "2026-03-20"},
			[]parcel.Change{{Kind: parcel.ChangeETA}, {Kind: parcel.ChangeETA}},
			[]string{"note_eta"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, notes(t, notify.Compose(one(c.parcel, c.changes...), noon))); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestComposeGapFromHistory(t *testing.T) {
	t.Parallel()
	in := one(parcel.Parcel{Status: parcel.Export, Phase: parcel.PhaseBetween, Origin: "CN", Destination: "RU", Exported: daysAgo(12)})
	in.Gap = func(origin, destination string) (least, most int) {
		if origin != "CN" || destination != "RU" {
			t.Errorf("asked for %s to %s", origin, destination)
		}
		return 3, 9
	}
	text := render(t, notify.Compose(in, noon), "en").Text
	wantText(t, text, "Left China 12 days ago; usually seen in Russia after 3–9 days")
}

func TestComposeOrders(t *testing.T) {
	t.Parallel()
	order := func(step parcel.Step, days int) parcel.Order {
		return parcel.Order{ID: "8190000000000001", Step: step, FirstSeen: daysAgo(days), StepAt: daysAgo(days)}
	}
	known := func(o parcel.Order) parcel.Order { o.FirstSeen = noon; return o }
	closed := order(parcel.StepConfirmed, 2)
	closed.Closed = true
	shut := order(parcel.StepClosed, 1)
	shut.Closed = true
	other := order(parcel.StepConfirmed, 2)
	other.Mailboxes = parcel.Mailboxes{"work"}
	for _, c := range []struct {
		name   string
		order  parcel.Order
		change bool
		want   notify.SectionKind
		note   string
	}{
		{"an order just placed waits without worry", order(parcel.StepConfirmed, 0), true, notify.SectionWaiting, "note_waiting_today"},
		{"five days are usual", order(parcel.StepReadyToShip, 5), false, notify.SectionWaiting, "note_waiting"},
		{"six days are not", order(parcel.StepConfirmed, 6), false, notify.SectionWaiting, "note_waiting_long"},
		{"shipped without a number is told as such", order(parcel.StepShipped, 1), false, notify.SectionUnnumbered, "note_unnumbered_yesterday"},
		{"a later step without a number too", order(parcel.StepInCountry, 1), false, notify.SectionUnnumbered, "note_unnumbered_yesterday"},
		{"two weeks without a parcel are late", order(parcel.StepConfirmed, 14), false, notify.SectionStalled, "note_waiting_long"},
		{"two weeks without a number too", order(parcel.StepShipped, 14), false, notify.SectionStalled, "note_unnumbered_long"},
		{"one silent for months is given up", order(parcel.StepConfirmed, 61), false, "", ""},
		{"out for delivery is with the courier", order(parcel.StepOutForDelivery, 0), true, notify.SectionToday, "note_shop_only"},
		{"one that waits for pickup needs the person", order(parcel.StepReadyForPickup, 1), false, notify.SectionNeeds, "note_shop_only"},
		{"an order of months ago that became known today was not ordered today", known(order(parcel.StepReadyToShip, 40)), true, notify.SectionStalled, "note_waiting_long"},
		{"delivered is told once", order(parcel.StepDelivered, 1), true, notify.SectionDelivered, ""},
		{"delivered is not told again", order(parcel.StepDelivered, 1), false, "", ""},
		{"closed by the shop has ended", shut, true, notify.SectionEnded, ""},
		{"one the person has closed is not shown", closed, false, "", ""},
		{"one of another person's mailbox is not shown", other, true, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := notify.Input{Audience: notify.Audience{Mailboxes: []string{"home"}}, Orders: []parcel.Order{c.order}}
			if c.change {
				in.Changes = []parcel.Change{{ID: 1, Kind: parcel.ChangeOrderStep, Order: c.order.ID}}
			}
			d := notify.Compose(in, noon)
			want := map[notify.SectionKind][]string{}
			if c.want != "" {
				want[c.want] = []string{c.order.ID}
			}
			if diff := cmp.Diff(want, sections(d)); diff != "" {
				t.Fatalf("sections (-want +got):\n%s", diff)
			}
			if c.note != "" {
				if diff := cmp.Diff([]string{c.note}, notes(t, d)); diff != "" {
					t.Errorf("notes (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestOrderReminders(t *testing.T) {
	t.Parallel()
	order := func(step parcel.Step, days, known int) parcel.Order {
		return parcel.Order{ID: "8190000000000001", Step: step, StepAt: daysAgo(days), Placed: daysAgo(days), FirstSeen: daysAgo(known)}
	}
	sent := func(days int) parcel.Order {
		o := order(parcel.StepShipped, days, days)
		o.Shipped = daysAgo(days)
		return o
	}
	closed := order(parcel.StepConfirmed, 20, 20)
	closed.Closed = true
	for _, c := range []struct {
		name  string
		order parcel.Order
		want  []string
	}{
		{"four days are usual", order(parcel.StepConfirmed, 4, 4), nil},
		{"five are told", order(parcel.StepConfirmed, 5, 5), []string{"order/8190000000000001/waiting/5"}},
		{"later the next milestone counts", order(parcel.StepConfirmed, 20, 20), []string{"order/8190000000000001/waiting/14"}},
		{"and the last", order(parcel.StepConfirmed, 31, 31), []string{"order/8190000000000001/waiting/30"}},
		{"one sent without a number is told as such", sent(14), []string{"order/8190000000000001/unnumbered/14"}},
		{"the end of the protection comes first", sent(54), []string{"order/8190000000000001/protection/2026-03-18"}},
		{"what was overdue when it became known is no news", order(parcel.StepConfirmed, 20, 2), nil},
		{"until the next milestone", order(parcel.StepConfirmed, 30, 2), []string{"order/8190000000000001/waiting/30"}},
		{"one that became known today is news already", order(parcel.StepConfirmed, 6, 0), nil},
		{"one that the person has closed is not told", closed, nil},
		{"one that has arrived is not told", order(parcel.StepDelivered, 20, 20), nil},
		{"one given up is not told", order(parcel.StepConfirmed, 61, 61), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, ch := range notify.OrderReminders([]parcel.Order{c.order}, notify.Protection{Days: 60, Remind: 7}, noon.Location(), noon) {
				got = append(got, ch.Key)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnUrgentDigestNamesTheOrderThatIsOutForDelivery(t *testing.T) {
	t.Parallel()
	change := parcel.Change{ID: 1, Kind: parcel.ChangeOrderStep, Order: "8190000000000001", To: parcel.OutForDelivery}
	if got := notify.Urgent([]parcel.Change{change}, []parcel.Status{parcel.OutForDelivery}); len(got) != 1 {
		t.Fatalf("urgent: %v", got)
	}
	in := notify.Input{
		Urgent: true, Changes: []parcel.Change{change},
		Orders: []parcel.Order{
			{ID: "8190000000000001", Step: parcel.StepOutForDelivery, StepAt: noon, FirstSeen: daysAgo(9), Items: []parcel.Item{{Title: "Kettle"}}},
			{ID: "8190000000000002", Step: parcel.StepConfirmed, StepAt: noon, FirstSeen: daysAgo(9)},
		},
	}
	d := notify.Compose(in, noon)
	if diff := cmp.Diff(map[notify.SectionKind][]string{notify.SectionToday: {"Kettle"}}, sections(d)); diff != "" {
		t.Errorf("sections (-want +got):\n%s", diff)
	}
	if c := render(t, d, "en"); c.Subject != "Out for delivery: Kettle" {
		t.Errorf("subject %q", c.Subject)
	}
}

func TestComposeAudience(t *testing.T) {
	t.Parallel()
	in := notify.Input{
		Audience: notify.Audience{Mailboxes: []string{"home"}},
		Parcels: []parcel.Parcel{
			{ID: 1, Title: "hers", Mailboxes: parcel.Mailboxes{"work"}, Status: parcel.InTransit},
			{ID: 2, Title: "mine", Mailboxes: parcel.Mailboxes{"home"}, Status: parcel.InTransit},
			{ID: 3, Title: "typed", Status: parcel.InTransit},
		},
		Changes: []parcel.Change{{ID: 5, Parcel: 1, Kind: parcel.ChangeMoved}},
		Health: parcel.Health{Mailboxes: []parcel.MailboxHealth{
			{Name: "work", Folder: "INBOX", State: parcel.MailboxBroken}, {Name: "home", Folder: "INBOX", State: parcel.MailboxRefused},
		}},
	}
	d := notify.Compose(in, noon)
	want := map[notify.SectionKind][]string{notify.SectionQuiet: {"mine", "typed"}}
	if diff := cmp.Diff(want, sections(d)); diff != "" {
		t.Errorf("sections (-want +got):\n%s", diff)
	}
	if !d.Empty() {
		t.Error("news of somebody else's parcel is news")
	}
	if diff := cmp.Diff([]int64{5}, d.Told); diff != "" {
		t.Errorf("it stays pending for ever: %s", diff)
	}
	if len(d.Footer.Troubles) != 1 || d.Footer.Troubles[0].Name != "home/INBOX" {
		t.Errorf("troubles: %+v", d.Footer.Troubles)
	}
}

func wantText(t *testing.T, text string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("%q is not in:\n%s", w, text)
		}
	}
}

func TestComposeFooter(t *testing.T) {
	t.Parallel()
	next := noon.Add(11 * time.Hour)
	d := notify.Compose(notify.Input{
		Next: next,
		Health: parcel.Health{
			Carriers: []parcel.CarrierHealth{
				{Name: "cainiao", State: parcel.CarrierOK}, {Name: "upu", State: parcel.CarrierChanged}, {Name: "ukrposhta", State: parcel.CarrierNoCredential},
			},
			NotUnderstood: []parcel.NotUnderstood{{Mail: "home/INBOX/1", At: daysAgo(1)}, {Mail: "home/INBOX/0", At: daysAgo(8)}},
		},
	}, noon)
	if len(d.Footer.Troubles) != 1 || d.Footer.Troubles[0].Name != "upu" {
		t.Errorf("troubles: %+v", d.Footer.Troubles)
	}
	if len(d.Footer.NotUnderstood) != 1 || d.Footer.NotUnderstood[0].Mail != "home/INBOX/1" {
		t.Errorf("not understood: %+v", d.Footer.NotUnderstood)
	}
	if !d.Footer.Next.Equal(next) {
		t.Errorf("next digest: %v", d.Footer.Next)
	}
}

func TestComposeOrder(t *testing.T) {
	t.Parallel()
	in := notify.Input{Parcels: []parcel.Parcel{
		{ID: 1, Title: "later", Status: parcel.ReadyForPickup, Pickup: parcel.Pickup{Until: "2026-03-20"}},
		{ID: 2, Title: "sooner", Status: parcel.ReadyForPickup, Pickup: parcel.Pickup{Until: "2026-03-13"}},
		{ID: 3, Title: "seen lately", Status: parcel.InTransit, LastEvent: daysAgo(1)},
		{ID: 4, Title: "silent longest", Status: parcel.InTransit, LastEvent: daysAgo(9)},
	}}
	want := map[notify.SectionKind][]string{
		notify.SectionNeeds: {"sooner", "later"},
		notify.SectionQuiet: {"silent longest", "seen lately"},
	}
	if diff := cmp.Diff(want, sections(notify.Compose(in, noon))); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestComposeSaysOfWhichNumbersNobodyHasSaidAnything(t *testing.T) {
	t.Parallel()
	event := []parcel.Event{{Time: daysAgo(1), Status: parcel.PreAdvice}}
	for _, c := range []struct {
		name   string
		parcel parcel.Parcel
		want   bool
	}{
		{"a number typed in", parcel.Parcel{}, true},
		{"a number asked about in vain", parcel.Parcel{Sources: []parcel.Source{{Carrier: "upu", Result: parcel.ResultNotFound}}}, true},
		{"a number out of the shop's mail", parcel.Parcel{Shipped: daysAgo(2)}, false},
		{"a step of the shop", parcel.Parcel{Sources: []parcel.Source{{Carrier: parcel.SourceMail, Events: event}}}, false},
		{"a post that has it announced", parcel.Parcel{Sources: []parcel.Source{{Carrier: "upu", Events: event}}}, false},
	} {
		c.parcel.ID, c.parcel.Status = 1, parcel.PreAdvice
		d := notify.Compose(notify.Input{Parcels: []parcel.Parcel{c.parcel}}, noon)
		if len(d.Sections) != 1 || len(d.Sections[0].Items) != 1 {
			t.Fatalf("%s: sections %+v", c.name, d.Sections)
		}
		if got := d.Sections[0].Items[0].Unheard; got != c.want {
			t.Errorf("%s: unheard %t, want %t", c.name, got, c.want)
		}
	}
}

// TestADigestMakesNoItemsThatItCannotShow composes a digest of many quiet parcels among which
// some have news. All are counted; those that no mail has room for are not made.
func TestADigestMakesNoItemsThatItCannotShow(t *testing.T) {
	t.Parallel()
	var in notify.Input
	for i := range 2000 {
		p := parcel.Parcel{ID: int64(i + 1), Status: parcel.InTransit, FirstSeen: daysAgo(3), Links: []parcel.Link{{Number: number.Number(fmt.Sprintf("N%04d", i))}}}
		if in.Parcels = append(in.Parcels, p); i%10 == 0 {
			in.Changes = append(in.Changes, parcel.Change{ID: p.ID, Parcel: p.ID, Kind: parcel.ChangeMoved, To: p.Status})
		}
	}
	d := notify.Compose(in, noon)
	for kind, want := range map[notify.SectionKind][2]int{notify.SectionMoved: {200, 200}, notify.SectionQuiet: {110, 1800}} {
		i := slices.IndexFunc(d.Sections, func(s notify.Section) bool { return s.Kind == kind })
		if i < 0 {
			t.Fatalf("no section %s", kind)
		}
		if s := d.Sections[i]; len(s.Items) != want[0] || s.Count() != want[1] {
			t.Errorf("%s: %d items of %d, want %d of %d", kind, len(s.Items), s.Count(), want[0], want[1])
		}
	}
	text := render(t, d, "en").Text
	for _, want := range []string{"(200)", "(1800)"} {
		if !strings.Contains(text, want) {
			t.Errorf("the digest does not say %s:\n%s", want, text)
		}
	}
}

func TestComposeChangesNothing(t *testing.T) {
	t.Parallel()
	in := sample(t, "en")
	notify.Compose(in, noon)
	if diff := cmp.Diff(sample(t, "en").Parcels, in.Parcels); diff != "" {
		t.Errorf("the input was changed:\n%s", diff)
	}
}
