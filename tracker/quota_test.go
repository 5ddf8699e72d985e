package tracker_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
	"parcelwatch/tracker"
)

// flood returns a mail that names numbers and orders of its own.
func flood(mail, things int, v parcel.Verdict, sent time.Time) parcel.Notice {
	n := parcel.Notice{Shop: "aliexpress", Verdict: v, Step: parcel.StepShipped, StepWords: "shipped", Sent: sent}
	for i := range things {
		order := fmt.Sprintf("8190%07d%05d", mail, i)
		n.Orders = append(n.Orders, order)
		n.Parcels = append(n.Parcels, with(number.Number(fmt.Sprintf("LP%07d%07d", mail, i)), parcel.StepShipped, order))
	}
	return n
}

func TestWhatUnprovenMailMayCreateIsLimited(t *testing.T) {
	t.Parallel()
	unverified, verified := parcel.Verdict{Trust: parcel.TrustUnverified}, parcel.Verdict{Trust: parcel.TrustVerified}
	spread := func(mail int) time.Time { return noon().AddDate(0, 0, -mail%60) }
	today := func(int) time.Time { return noon() }
	for name, c := range map[string]struct {
		mails, things   int
		verdict         parcel.Verdict
		sent            func(mail int) time.Time
		scanned         bool
		parcels, orders int
		refused         int
	}{
		"one mail with few":                             {1, 3, unverified, today, true, 3, 3, 0},
		"one mail with many":                            {1, 50, unverified, today, true, 5, 5, 90},
		"a flood":                                       {100, 50, unverified, today, true, 50, 50, 9900},
		"a flood with invented dates":                   {100, 50, unverified, spread, true, 50, 50, 9900},
		"a flood from a forwarder without a proof":      {100, 50, parcel.Verdict{Trust: parcel.TrustForwarded, Unsigned: true}, today, true, 50, 50, 9900},
		"a forwarder with a proof":                      {10, 50, parcel.Verdict{Trust: parcel.TrustForwarded}, today, true, 500, 500, 0},
		"the shop's own mail":                           {10, 50, verified, today, true, 500, 500, 0},
		"mail through a relay":                          {10, 50, parcel.Verdict{Trust: parcel.TrustRelayed}, today, true, 500, 500, 0},
		"two months of usual mail at the first scan":    {120, 3, unverified, spread, false, 360, 360, 0},
		"a flood with invented dates at the first scan": {100, 50, unverified, spread, false, 500, 500, 9000},
		"a flood of one day at the first scan":          {100, 50, unverified, today, false, 50, 50, 9900},
		"a flood of mail without a date, first scanned": {100, 50, unverified, func(int) time.Time { return time.Time{} }, false, 50, 50, 9900},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := store.State{Scanned: c.scanned, Tallies: map[parcel.Date]store.Tally{}}
			for mail := range c.mails {
				tracker.ImportNotice(&s, ref(), flood(mail, c.things, c.verdict, c.sent(mail)), tracker.Rules{Home: "RU"}, noon())
			}
			refused := 0
			for _, tally := range s.Tallies {
				refused += tally.Refused
			}
			if len(s.Parcels) != c.parcels || len(s.Orders) != c.orders || refused != c.refused {
				t.Errorf("%d parcels, %d orders, %d refused; want %d, %d, %d", len(s.Parcels), len(s.Orders), refused, c.parcels, c.orders, c.refused)
			}
			for _, p := range s.Parcels {
				if p.Unverified == c.verdict.Proven() {
					t.Fatalf("parcel %s is unverified: %t", p.Number(), p.Unverified)
				}
			}
		})
	}
}

func TestAFloodDoesNotCountAgainstVerifiedMailAndTheNextDayIsFree(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "p.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.SaveCheckpoint(t.Context(), "home", "INBOX", store.Checkpoint{UIDValidity: 1, UID: 1, Scanned: true}); err != nil {
		t.Fatal(err)
	}
	now := noon()
	tr := tracker.New(tracker.Config{Home: "RU", Now: func() time.Time { return now }}, db)
	uid := uint32(1)
	intake := func(mailbox string, n parcel.Notice) {
		t.Helper()
		uid++
		ref := parcel.MailRef{Mailbox: mailbox, Folder: "INBOX", UIDValidity: 1, UID: uid}
		if _, err := tr.Intake(t.Context(), tracker.Policy{}, tracker.Mail{Ref: ref, Notice: n}); err != nil {
			t.Fatal(err)
		}
	}
	count := func(want int, after string) {
		t.Helper()
		if got, err := db.Parcels(t.Context()); err != nil || len(got) != want {
			t.Errorf("after %s %d parcels, %v; want %d", after, len(got), err, want)
		}
	}
	junk := parcel.Verdict{Trust: parcel.TrustUnverified}
	for mail := range 30 {
		intake("home", flood(mail, 20, junk, now))
	}
	count(50, "a flood")
	intake("home", flood(100, 20, parcel.Verdict{Trust: parcel.TrustVerified}, now))
	count(70, "a verified mail")
	intake("work", flood(101, 5, junk, now))
	count(75, "an unverified mail of another mailbox")
	now = now.AddDate(0, 0, 1)
	intake("home", flood(102, 5, junk, now))
	count(80, "an unverified mail of the next day")

	// A verified mail about the same parcels takes them out of the junk.
	intake("home", flood(102, 5, parcel.Verdict{Trust: parcel.TrustVerified}, now))
	if n, err := tr.ForgetAll(t.Context(), store.Selection{Unverified: true}, false); err != nil || n != 55 {
		t.Errorf("forgotten %d, %v; want the 55 parcels that only unproven mail names", n, err)
	}
	count(25, "forgetting what is unverified")
	h, err := db.Health(t.Context())
	if err != nil || len(h.Surplus) != 1 || h.Surplus[0].Mailbox != "home" || h.Surplus[0].Refused != 30*2*20-100 {
		t.Errorf("surplus %+v, %v", h.Surplus, err)
	}
}

func TestUnprovenMailAddsLittleToAParcel(t *testing.T) {
	t.Parallel()
	s := store.State{Scanned: true, Tallies: map[parcel.Date]store.Tally{}}
	for i := range 500 {
		n := saying(parcel.StepShipped, nil, with("RB123456785CN", parcel.StepShipped, fmt.Sprintf("8190000%09d", i)))
		n.Verdict.Trust, n.StepWords = parcel.TrustUnverified, fmt.Sprint("words ", i)
		tracker.ImportNotice(&s, ref(), n, tracker.Rules{}, noon().AddDate(0, 0, i))
	}
	if len(s.Parcels) != 1 {
		t.Fatalf("%d parcels", len(s.Parcels))
	}
	p := s.Parcels[0]
	if events := len(p.Source(parcel.SourceMail, p.Number()).Events); events > 50 || len(p.Orders) > 20 {
		t.Errorf("%d events and %d orders, want at most 50 and 20", events, len(p.Orders))
	}
}
