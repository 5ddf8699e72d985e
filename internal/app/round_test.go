package app

import (
	"path/filepath"
	"testing"
	"time"

	"parcelwatch/config"
	"parcelwatch/internal/message"
	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
)

// TestOnlyTheTimeOfACheckIsNoNews: every mailbox is checked each minute, and after news all parts look.
func TestOnlyTheTimeOfACheckIsNoNews(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	c := checks{last: map[string]check{}}
	state := parcel.MailboxHealth{Name: "home", Folder: "INBOX", State: parcel.MailboxConnecting, Since: now}
	for _, step := range []struct {
		what   string
		change func()
		news   bool
	}{
		{"the first state", func() {}, true},
		{"another state", func() { state.State, state.Since = parcel.MailboxIdle, now }, true},
		{"the first check", func() { state.LastCheck = now }, true},
		{"a later check", func() { state.LastCheck = now.Add(time.Minute) }, false},
		{"a mail", func() { state.LastMail = now }, true},
		{"a failure", func() { state.State, state.Fault = parcel.MailboxBroken, message.New("fault_silent", "Host", "a") }, true},
		{"the same failure", func() {}, false},
		{"another failure", func() { state.Fault = message.New("fault_silent", "Host", "b") }, true},
		{"the same state since another time", func() { state.Since = now.Add(time.Hour) }, true},
	} {
		step.change()
		if got := c.report(state, now); got != step.news {
			t.Errorf("%s: news %v", step.what, got)
		}
	}
	if state.Name = "work"; !c.report(state, now) {
		t.Error("another mailbox is no news")
	}
}

// TestTheFirstRoundNeedsOneCheckOfEachFolderAndNothingDue checks a folder before its first
// scan is over, as mailboxes do: they report again only after minutes.
func TestTheFirstRoundNeedsOneCheckOfEachFolderAndNothingDue(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	r := &runner{
		household: &household{life: &life{Deps: Deps{Now: func() time.Time { return now }}}, store: view{db, db}},
		mailboxes: []mailbox{{cfg: config.Mailbox{Name: "home", Folders: []string{"INBOX"}}}},
		checks:    checks{last: map[string]check{}},
	}
	expect := func(what string, woke time.Time, want notify.Round) {
		t.Helper()
		if got, err := r.round(t.Context(), woke); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", what, got, err, want)
		}
	}
	checked := func() {
		r.checks.report(parcel.MailboxHealth{Name: "home", Folder: "INBOX", State: parcel.MailboxIdle, LastCheck: now}, now)
	}
	expect("at the start", time.Time{}, notify.Round{Scanning: true, Asking: true})
	checked()
	expect("during the scan", time.Time{}, notify.Round{Scanning: true})
	now = now.Add(time.Minute)
	if err := db.SaveCheckpoint(t.Context(), "home", "INBOX", store.Checkpoint{UIDValidity: 1, UID: 1, Scanned: true}); err != nil {
		t.Fatal(err)
	}
	if err := db.Apply(t.Context(), store.Scope{Now: now}, func(s *store.State) error {
		p := &parcel.Parcel{FirstSeen: now, NextCheck: now}
		p.AddLink(parcel.Link{Number: "RB123456785CN", Since: now, Certainty: parcel.Certain})
		s.Parcels = append(s.Parcels, p)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	expect("while a parcel is due", time.Time{}, notify.Round{Asking: true})
	if err := db.Apply(t.Context(), store.Scope{Parcels: []int64{1}, Now: now}, func(s *store.State) error {
		s.Parcels[0].NextCheck = now.Add(time.Hour)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	expect("when it was asked about", time.Time{}, notify.Round{})
	woke := now.Add(10 * time.Hour)
	now = woke
	expect("after a sleep", woke, notify.Round{Asking: true})
	checked()
	expect("after a sleep and a check", woke, notify.Round{Asking: true}) // the parcel is due
}
