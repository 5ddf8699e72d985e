package notify_test

import (
	"testing"
	"time"

	"parcelwatch/notify"
	"parcelwatch/parcel"
)

// A piece of news at eight in the evening is of yesterday on the next morning, and of the day before
// on the morning after that.
func TestYesterdayIsADayOfTheCalendar(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 3*3600)
	news := time.Date(2026, 3, 2, 20, 0, 0, 0, zone)
	for hours, want := range map[int]string{3: "Last news: today", 5: "Last news: yesterday", 27: "Last news: yesterday", 36: "Last news 2 days ago"} {
		p := parcel.Parcel{ID: 1, Title: "thing", Status: parcel.Accepted, Shipped: news, FirstSeen: news, LastEvent: news, StatusSince: news}
		d := notify.Compose(notify.Input{Audience: notify.Audience{Zone: zone}, Parcels: []parcel.Parcel{p}}, news.Add(time.Duration(hours)*time.Hour))
		wantText(t, render(t, d, "en").Text, want)
	}
}
