package notify_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/notify"
	"parcelwatch/parcel"
)

func mailboxHealth(state parcel.MailboxState, lastCheck time.Time) parcel.Health {
	return parcel.Health{Mailboxes: []parcel.MailboxHealth{{Name: "home", Folder: "INBOX", State: state, LastCheck: lastCheck, Error: "no answer"}}}
}

func keys(changes []parcel.Change) []string {
	out := make([]string, 0, len(changes))
	for _, ch := range changes {
		out = append(out, ch.Key)
	}
	slices.Sort(out)
	return out
}

// recorded returns the alarms as changes.
func recorded(alarms []notify.Alarm) []parcel.Change {
	out := make([]parcel.Change, 0, len(alarms))
	for _, a := range alarms {
		out = append(out, a.Change(noon))
	}
	return out
}

func TestAlarms(t *testing.T) {
	t.Parallel()
	hour := noon.Add(-time.Hour)
	for _, c := range []struct {
		name string
		h    parcel.Health
		want int
	}{
		{"nothing broken", mailboxHealth(parcel.MailboxIdle, noon), 0},
		{"broken for a minute", mailboxHealth(parcel.MailboxBroken, noon.Add(-time.Minute)), 0},
		{"broken for an hour", mailboxHealth(parcel.MailboxBroken, hour), 1},
		{"connecting for an hour", mailboxHealth(parcel.MailboxConnecting, hour), 1},
		{"idle, though the last check is long ago", mailboxHealth(parcel.MailboxIdle, hour), 0},
		{"a refused login at once", mailboxHealth(parcel.MailboxRefused, noon), 1},
		{"a carrier at rest for an hour", parcel.Health{Carriers: []parcel.CarrierHealth{{Name: "upu", State: parcel.CarrierQuarantined, LastSuccess: hour}}}, 1},
		{"a carrier at rest for a minute", parcel.Health{Carriers: []parcel.CarrierHealth{{Name: "upu", State: parcel.CarrierQuarantined, LastSuccess: noon}}}, 0},
		{"a carrier whose limit is used up for an hour", parcel.Health{Carriers: []parcel.CarrierHealth{{Name: "upu", State: parcel.CarrierThrottled, LastSuccess: hour}}}, 0},
		{"a carrier whose limit is used up for two days", parcel.Health{Carriers: []parcel.CarrierHealth{{Name: "upu", State: parcel.CarrierThrottled, LastSuccess: noon.AddDate(0, 0, -2)}}}, 1},
		{"a carrier not understood at once", parcel.Health{Carriers: []parcel.CarrierHealth{{Name: "upu", State: parcel.CarrierChanged, LastSuccess: noon}}}, 1},
		{"a carrier without a key is not broken", parcel.Health{Carriers: []parcel.CarrierHealth{{Name: "upu", State: parcel.CarrierNoCredential}}}, 0},
		{"mail waiting for an hour", parcel.Health{Outbox: parcel.OutboxHealth{Waiting: 1, Oldest: hour}}, 1},
		{"mail refused for everybody an hour ago", parcel.Health{Outbox: parcel.OutboxHealth{Error: "554", RefusedSince: hour}}, 1},
		{"mail refused for one of several", parcel.Health{Outbox: parcel.OutboxHealth{Error: "554"}}, 0},
		{"mail waiting for a moment", parcel.Health{Outbox: parcel.OutboxHealth{Waiting: 1, Oldest: noon}}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := recorded(notify.Alarms(c.h, 30*time.Minute, noon))
			if len(got) != c.want {
				t.Fatalf("got %v", keys(got))
			}
			for _, ch := range got {
				if ch.Kind != parcel.ChangeHealth || ch.Key == "" || ch.New == "ok" || ch.Parcel != 0 {
					t.Errorf("got %+v", ch)
				}
			}
		})
	}
}

func TestAlarmsAreToldOnce(t *testing.T) {
	t.Parallel()
	worked := noon.Add(-2 * time.Hour)
	first := recorded(notify.Alarms(mailboxHealth(parcel.MailboxBroken, worked), time.Hour, noon))
	later := mailboxHealth(parcel.MailboxBroken, worked)
	// Each reconnect starts the state anew, but not the time of the last success.
	later.Mailboxes[0].Since, later.Mailboxes[0].Error = noon.Add(time.Hour), "another error"
	if diff := cmp.Diff(keys(first), keys(recorded(notify.Alarms(later, time.Hour, noon.Add(3*time.Hour))))); diff != "" {
		t.Errorf("the same breakdown has two keys:\n%s", diff)
	}
	again := recorded(notify.Alarms(mailboxHealth(parcel.MailboxBroken, noon.Add(time.Hour)), time.Hour, noon.Add(5*time.Hour)))
	if cmp.Equal(keys(first), keys(again)) {
		t.Error("a second breakdown has the key of the first")
	}
	refused := recorded(notify.Alarms(mailboxHealth(parcel.MailboxRefused, worked), time.Hour, noon))
	if cmp.Equal(keys(first), keys(refused)) {
		t.Error("another state has the same key")
	}
}

func TestRecovered(t *testing.T) {
	t.Parallel()
	alarms := notify.Alarms(mailboxHealth(parcel.MailboxBroken, noon.Add(-time.Hour)), time.Minute, noon)
	if got := notify.Recovered(alarms, mailboxHealth(parcel.MailboxConnecting, noon), noon); len(got) != 0 {
		t.Errorf("connecting is taken for working: %+v", got)
	}
	if got := notify.Recovered(alarms, parcel.Health{}, noon); len(got) != 0 {
		t.Errorf("a mailbox that is gone has recovered: %+v", got)
	}
	got := recorded(notify.Recovered(alarms, mailboxHealth(parcel.MailboxIdle, noon), noon))
	if len(got) != 1 || got[0].New != "ok" || got[0].Old != "broken" || got[0].Key == alarms[0].Key {
		t.Fatalf("got %+v", got)
	}
	d := notify.Compose(notify.Input{Changes: got}, noon)
	if d.Empty() || len(d.Footer.Recovered) != 1 || len(d.Sections) != 0 {
		t.Errorf("the digest says %+v", d)
	}
}

func TestAlarmInDigest(t *testing.T) {
	t.Parallel()
	alarms := recorded(notify.Alarms(mailboxHealth(parcel.MailboxBroken, noon.Add(-time.Hour)), time.Minute, noon))
	d := notify.Compose(notify.Input{Changes: alarms}, noon)
	want := map[notify.SectionKind][]string{notify.SectionNeeds: {"trouble home/INBOX"}}
	if diff := cmp.Diff(want, sections(d)); diff != "" {
		t.Errorf("sections (-want +got):\n%s", diff)
	}
	wantText(t, render(t, d, "en").Text, "Mailbox home/INBOX", "cannot be read", "no answer", "new parcels will not be noticed")
}

func TestASurplusIsToldOnceAWeekWithWhatToDo(t *testing.T) {
	t.Parallel()
	health := func(last parcel.Date) parcel.Health {
		return parcel.Health{Surplus: []parcel.Surplus{{Mailbox: "home", Refused: 9000, Last: last}}}
	}
	today := parcel.DateOf(noon)
	first := notify.Alarms(health(today), time.Hour, noon)
	again := notify.Alarms(health(parcel.DateOf(noon.AddDate(0, 0, 1))), time.Hour, noon.AddDate(0, 0, 1))
	next := notify.Alarms(health(parcel.DateOf(noon.AddDate(0, 0, 7))), time.Hour, noon.AddDate(0, 0, 7))
	if len(first) != 1 || len(again) != 1 || first[0].Key != again[0].Key || first[0].Key == next[0].Key {
		t.Fatalf("keys %v, %v, %v; want one a week", first, again, next)
	}
	if got := notify.Alarms(health(today), time.Hour, noon.AddDate(0, 0, 4)); len(got) != 0 {
		t.Errorf("a surplus of days ago is announced: %v", got)
	}
	if got := notify.Recovered(first, parcel.Health{}, noon); len(got) != 0 {
		t.Errorf("a surplus has ended: %v", got)
	}
	if got := notify.Urgent(recorded(first), nil); len(got) != 0 {
		t.Errorf("a surplus is urgent: %v", got)
	}
	d := notify.Compose(notify.Input{Changes: recorded(first)}, noon)
	wantText(t, render(t, d, "en").Text, "Mailbox home", "unverified emails name too many parcels", "parcelwatch forget --unverified")
	other := notify.Compose(notify.Input{Audience: notify.Audience{Mailboxes: []string{"work"}}, Changes: recorded(first)}, noon)
	if !other.Empty() {
		t.Errorf("the other mailbox's audience is told: %+v", other)
	}
}

func TestUnverifiedParcelsComeLast(t *testing.T) {
	t.Parallel()
	junk := parcel.Parcel{ID: 1, Status: parcel.InTransit, StatusSince: noon, Unverified: true, Links: []parcel.Link{{Number: "LA900000257CN"}}}
	proven := parcel.Parcel{ID: 2, Status: parcel.InTransit, StatusSince: daysAgo(3), Links: []parcel.Link{{Number: "RB123456785CN"}}}
	d := notify.Compose(notify.Input{Parcels: []parcel.Parcel{junk, proven}}, noon)
	want := map[notify.SectionKind][]string{notify.SectionQuiet: {"RB123456785CN", "LA900000257CN"}}
	if diff := cmp.Diff(want, sections(d)); diff != "" {
		t.Errorf("sections (-want +got):\n%s", diff)
	}
}

func TestProtectionEnds(t *testing.T) {
	t.Parallel()
	guard := notify.Protection{Days: 60, Remind: 7}
	zone := noon.Location()
	for _, c := range []struct {
		name string
		p    parcel.Parcel
		want bool
	}{
		{"eight days before is too early", parcel.Parcel{Shipped: daysAgo(52)}, false},
		{"seven days before is told", parcel.Parcel{Shipped: daysAgo(53)}, true},
		{"the last day is told", parcel.Parcel{Shipped: daysAgo(60)}, true},
		{"after the end is too late", parcel.Parcel{Shipped: daysAgo(61)}, false},
		{"without a day of sending the first sight counts", parcel.Parcel{FirstSeen: daysAgo(55)}, true},
		{"a number typed by a person has no protection", parcel.Parcel{FirstSeen: daysAgo(55), AddedByUser: true}, false},
		{"a delivered one needs none", parcel.Parcel{Shipped: daysAgo(55), Status: parcel.Delivered}, false},
		{"a muted one is not told", parcel.Parcel{Shipped: daysAgo(55), Muted: true}, false},
		{"a closed one is not told", parcel.Parcel{Shipped: daysAgo(55), Closed: true}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := notify.ProtectionEnds([]parcel.Parcel{c.p}, guard, zone, noon)
			if (len(got) == 1) != c.want {
				t.Fatalf("got %v", keys(got))
			}
			if !c.want {
				return
			}
			next := notify.ProtectionEnds([]parcel.Parcel{c.p}, guard, zone, noon.Add(time.Hour))
			if diff := cmp.Diff(keys(got), keys(next)); diff != "" {
				t.Errorf("it is told twice:\n%s", diff)
			}
		})
	}
	if got := notify.ProtectionEnds([]parcel.Parcel{{Shipped: daysAgo(55)}}, notify.Protection{}, zone, noon); got != nil {
		t.Errorf("told though it is switched off: %v", got)
	}
}

func TestPickupReminders(t *testing.T) {
	t.Parallel()
	waiting := func(since int, country string, until parcel.Date) parcel.Parcel {
		return parcel.Parcel{
			Status: parcel.ReadyForPickup, StatusSince: daysAgo(since), Destination: country, Pickup: parcel.Pickup{Until: until},
			Links: []parcel.Link{{Number: "RB123456785CN"}},
		}
	}
	moving := waiting(9, "IE", "2026-03-14")
	moving.Status = parcel.InTransit
	for _, c := range []struct {
		name string
		p    parcel.Parcel
		want []string
	}{
		{"six days before nothing is told", waiting(9, "IE", "2026-03-18"), nil},
		{"five days before", waiting(9, "IE", "2026-03-17"), []string{"pickup_ends/2026-03-17/5"}},
		{"three days before is no stage of its own", waiting(9, "IE", "2026-03-15"), []string{"pickup_ends/2026-03-15/5"}},
		{"two days before", waiting(9, "IE", "2026-03-14"), []string{"pickup_ends/2026-03-14/2"}},
		{"the day before is urgent", waiting(9, "IE", "2026-03-13"), []string{"pickup_ends/2026-03-13/1 urgent"}},
		{"the last day is urgent", waiting(9, "IE", "2026-03-12"), []string{"pickup_ends/2026-03-12/0 urgent"}},
		{"the day after", waiting(9, "IE", "2026-03-11"), []string{"pickup_ends/2026-03-11/-1"}},
		{"long after is the same stage", waiting(29, "IE", "2026-03-01"), []string{"pickup_ends/2026-03-01/-1"}},
		{"one that came today is news already", waiting(0, "IE", "2026-03-14"), nil},
		{"one that is on its way is not told", moving, nil},
		{"without a last day the post's usual period counts", waiting(13, "RU", ""), []string{"pickup_ends/2026-03-14/2"}},
		{"a day that is none counts as none", waiting(13, "RU", "soon"), []string{"pickup_ends/2026-03-14/2"}},
		{"without either it is told once a week", waiting(15, "IE", ""), []string{"pickup_waits/2"}},
		{"not in the first week", waiting(6, "IE", ""), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			if early := notify.PickupReminders([]parcel.Parcel{c.p}, noon.Location(), noon.Add(-2*time.Hour)); early != nil {
				t.Errorf("told at six in the morning: %v", keys(early))
			}
			changes := notify.PickupReminders([]parcel.Parcel{c.p}, noon.Location(), noon)
			for _, ch := range changes {
				key := ch.Key
				if len(notify.Urgent(changes, []parcel.Status{parcel.ReadyForPickup})) > 0 {
					key += " urgent"
				}
				got = append(got, key)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestUrgent(t *testing.T) {
	t.Parallel()
	urgent := []parcel.Status{parcel.ReadyForPickup, parcel.CustomsHold}
	changes := []parcel.Change{
		{ID: 1, Kind: parcel.ChangeMoved, To: parcel.ReadyForPickup},
		{ID: 2, Kind: parcel.ChangeMoved, To: parcel.ReadyForPickup, Quiet: true},
		{ID: 3, Kind: parcel.ChangeMoved, To: parcel.InTransit},
		{ID: 4, Kind: parcel.ChangeStalled, To: parcel.ReadyForPickup},
		{ID: 5, Kind: parcel.ChangeNewParcel, To: parcel.CustomsHold},
	}
	changes = append(changes, recorded(notify.Alarms(mailboxHealth(parcel.MailboxRefused, noon), 0, noon))...)
	changes = append(changes, recorded(notify.Alarms(parcel.Health{Carriers: []parcel.CarrierHealth{{State: parcel.CarrierChanged}}}, 0, noon))...)
	var got []int64
	for _, ch := range notify.Urgent(changes, urgent) {
		got = append(got, ch.ID)
	}
	if diff := cmp.Diff([]int64{1, 5, 0}, got); diff != "" {
		t.Errorf("urgent (-want +got):\n%s", diff)
	}
}
