package notify_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"parcelwatch/notify"
	"parcelwatch/parcel"
)

func TestTheFeedHasTheUIDsOfTheAttachment(t *testing.T) {
	t.Parallel()
	made := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	p := parcel.Parcel{ID: 1, Title: "Lamp", Status: parcel.ReadyForPickup, StatusSince: made, FirstSeen: made.AddDate(0, 0, -20), Shipped: made.AddDate(0, 0, -20)}
	p.AddLink(parcel.Link{Number: "RB123456785CN", Since: made, Certainty: parcel.Certain})
	p.Pickup = parcel.Pickup{Place: "Office", Until: "2026-03-10"}
	comes := parcel.Parcel{ID: 2, Title: "Cable", Status: parcel.Import, FirstSeen: made, ETA: "2026-03-04", AddedByUser: true}
	comes.AddLink(parcel.Link{Number: "LA900000257CN", Since: made, Certainty: parcel.Certain})
	muted, other := comes, comes
	muted.Muted, other.Mailboxes = true, parcel.Mailboxes{"work"}
	a := notify.Audience{Name: "family", Language: "en", Zone: time.UTC, Calendar: true, Mailboxes: []string{"home"}}
	d := notify.Compose(notify.Input{
		Audience: a, Parcels: []parcel.Parcel{p}, Mailboxes: []string{"home", "work"},
		Changes: []parcel.Change{{ID: 1, Kind: parcel.ChangeMoved, Parcel: 1, To: parcel.ReadyForPickup, At: made}},
	}, made)
	mail := render(t, d, "en")
	feed, err := notify.Feed(a, []parcel.Parcel{p, comes, muted, other}, notify.Protection{Days: 60, Remind: 7}, made)
	if err != nil {
		t.Fatal(err)
	}
	uid := regexp.MustCompile(`UID:\S+`)
	if own := uid.FindString(mail.Calendar); own == "" || !strings.Contains(feed, own) {
		t.Errorf("the feed lacks %q:\n%s", own, feed)
	}
	var summaries []string
	for _, m := range regexp.MustCompile(`SUMMARY:([^\r]*)`).FindAllStringSubmatch(feed, -1) {
		summaries = append(summaries, m[1])
	}
	if got := strings.Join(summaries, " | "); got != "Last day to pick up: Lamp | Buyer protection ends: Lamp | Expected: Cable" {
		t.Errorf("events: %s", got)
	}
	seen := map[string]bool{}
	for _, one := range uid.FindAllString(feed, -1) {
		if seen[one] {
			t.Errorf("%s twice", one)
		}
		seen[one] = true
	}
}
