package storetest

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

func mailChecks() []Check {
	return []Check{
		{"a mail is imported once, however it is known again", mailOnce},
		{"importing a mail moves the position", importMoves},
		{"mails are imported together up to the first that fails", importTogether},
		{"checkpoints move past all mails that are imported together", checkpointsTogether},
		{"a position never goes back", positionForward},
		{"a mail that was not understood is shown until it is", notUnderstoodShown},
		{"a withheld mail is kept until it is released", withheldKept},
		{"the list of mails not understood is bounded, newest first", notUnderstoodBounded},
	}
}

func mailOnce(t T, h Harness) {
	first := store.Scope{Mail: mail(1), MessageID: "8190000000000001$0123456789abcdef", Digest: "aa", Now: Now()}
	if !intake(t, h.Store, first) {
		t.Fatalf("a mail never seen was not imported")
	}
	for _, tc := range []struct {
		name      string
		ref       parcel.MailRef
		messageID string
		digest    string
		again     bool
	}{
		{"the same place", *mail(1), first.MessageID, "aa", false},
		{"a Message-ID used twice by the sender", *mail(2), first.MessageID, "cc", true},
		{"the same bytes elsewhere in the mailbox", parcel.MailRef{Mailbox: "home", Folder: "Archive", UIDValidity: 1, UID: 5}, "", "aa", false},
		{"a new numbering, headers changed by the server", parcel.MailRef{Mailbox: "home", Folder: "INBOX", UIDValidity: 8, UID: 1}, first.MessageID, "bb", false},
		{"another mailbox", parcel.MailRef{Mailbox: "work", Folder: "INBOX", UIDValidity: 7, UID: 1}, first.MessageID, "aa", true},
		{"no Message-ID and no digest", *mail(3), "", "", true},
		{"none of both again", *mail(4), "", "", true},
	} {
		got := intake(t, h.Reopen(), store.Scope{Mail: &tc.ref, MessageID: tc.messageID, Digest: tc.digest, Now: Now()})
		if got != tc.again {
			t.Errorf("%s: imported again is %t, want %t", tc.name, got, tc.again)
		}
	}
}

func importMoves(t T, h Harness) {
	must(t, h.Store.SaveCheckpoint(t.Context(), "home", "INBOX", store.Checkpoint{UIDValidity: 7, UID: 3, Scanned: true}), "save")
	for _, tc := range []struct {
		uid, want uint32
	}{{5, 5}, {4, 5}, {5, 5}, {8, 8}} {
		intake(t, h.Store, store.Scope{Mail: mail(tc.uid), Now: Now()})
		got := get[store.Checkpoint](t)(h.Store.Checkpoint(t.Context(), "home", "INBOX"))
		if want := (store.Checkpoint{UIDValidity: 7, UID: tc.want, Scanned: true}); got != want {
			t.Errorf("after mail %d: position = %+v, want %+v", tc.uid, got, want)
		}
	}
}

// importTogether imports mails with one parcel each, of which the fourth fails after it
// has seen the parcels of the others.
func importTogether(t T, h Harness) {
	boom := errors.New("boom")
	var made []*parcel.Parcel
	var seen int
	decision := func(uid uint32, n number.Number, fails error) store.Decision {
		return store.Decision{
			Scope: store.Scope{Mail: mail(uid), Numbers: []number.Number{"RB000000011CN", n}, Now: Now()},
			Decide: func(st *store.State) error {
				seen = len(st.Parcels)
				p := newParcel(n)
				st.Parcels, made = append(st.Parcels, p), append(made, p)
				st.Changes = append(st.Changes, store.NewChange{Change: news(string(n)), Of: p})
				return fails
			},
		}
	}
	all := []store.Decision{
		decision(1, "RB000000011CN", nil), decision(2, "RB000000025CN", nil), decision(3, "RB000000039CN", nil),
		decision(4, "RB000000042CN", boom), decision(5, "RB000000056CN", nil),
	}
	stored, err := h.Store.ApplyAll(t.Context(), all)
	if stored != 3 || !errors.Is(err, boom) {
		t.Errorf("stored %d, %v; want 3, boom", stored, err)
	}
	if seen != 1 {
		t.Errorf("the fourth mail saw %d parcels in its scope, want the first mail's", seen)
	}
	if len(made) == 4 && (made[2].ID == 0 || made[3].ID != 0) {
		t.Errorf("ids %d of a stored parcel and %d of one that is not", made[2].ID, made[3].ID)
	}
	again := h.Reopen()
	if got := get[store.Checkpoint](t)(again.Checkpoint(t.Context(), "home", "INBOX")); got.UID != 3 {
		t.Errorf("the checkpoint is at mail %d, want 3", got.UID)
	}
	if got := get[[]parcel.Change](t)(again.Pending(t.Context(), "digest", time.Time{})); len(got) != 3 {
		t.Errorf("%d changes are pending, want 3", len(got))
	}
	if stored, err := again.ApplyAll(t.Context(), all[3:]); stored != 0 || !errors.Is(err, boom) {
		t.Errorf("a failing mail and one behind it: stored %d, %v; want 0, boom", stored, err)
	}
	if stored, err := again.ApplyAll(t.Context(), all[4:]); stored != 1 || err != nil {
		t.Errorf("a single mail: stored %d, %v; want 1", stored, err)
	}
	if got := get[store.Checkpoint](t)(again.Checkpoint(t.Context(), "home", "INBOX")); got.UID != 5 {
		t.Errorf("the checkpoint is at mail %d, want 5", got.UID)
	}
}

// checkpointsTogether imports mails of two folders and of two UIDVALIDITY values at once,
// not in the order of their UIDs.
func checkpointsTogether(t T, h Harness) {
	refs := []parcel.MailRef{
		{Mailbox: "home", Folder: "INBOX", UIDValidity: 7, UID: 30},
		{Mailbox: "home", Folder: "INBOX", UIDValidity: 7, UID: 20},
		{Mailbox: "home", Folder: "Archive", UIDValidity: 3, UID: 4},
		{Mailbox: "home", Folder: "Archive", UIDValidity: 3, UID: 5},
		{Mailbox: "home", Folder: "INBOX", UIDValidity: 7, UID: 25},
		{Mailbox: "work", Folder: "Archive", UIDValidity: 1, UID: 2},
		{Mailbox: "work", Folder: "Archive", UIDValidity: 2, UID: 1},
	}
	all := make([]store.Decision, len(refs))
	for i := range refs {
		all[i] = store.Decision{Scope: store.Scope{Mail: &refs[i], Now: Now()}, Decide: func(*store.State) error { return nil }}
	}
	if stored, err := h.Store.ApplyAll(t.Context(), all); stored != len(all) || err != nil {
		t.Fatalf("stored %d of %d, %v", stored, len(all), err)
	}
	for _, want := range []parcel.MailRef{refs[0], refs[3], refs[6]} {
		got := get[store.Checkpoint](t)(h.Reopen().Checkpoint(t.Context(), want.Mailbox, want.Folder))
		if got.UID != want.UID || got.UIDValidity != want.UIDValidity {
			t.Errorf("the checkpoint of %s/%s is %+v, want that of mail %d", want.Mailbox, want.Folder, got, want.UID)
		}
	}
}

func positionForward(t T, h Harness) {
	if got := get[store.Checkpoint](t)(h.Store.Checkpoint(t.Context(), "home", "INBOX")); got != (store.Checkpoint{}) {
		t.Errorf("position of a folder never read = %+v", got)
	}
	for _, step := range []struct {
		name       string
		save, want store.Checkpoint
	}{
		{"first", store.Checkpoint{UIDValidity: 7, UID: 10}, store.Checkpoint{UIDValidity: 7, UID: 10}},
		{"forward", store.Checkpoint{UIDValidity: 7, UID: 20, Scanned: true}, store.Checkpoint{UIDValidity: 7, UID: 20, Scanned: true}},
		{"back", store.Checkpoint{UIDValidity: 7, UID: 15}, store.Checkpoint{UIDValidity: 7, UID: 20, Scanned: true}},
		{"anew", store.Checkpoint{UIDValidity: 8, UID: 2}, store.Checkpoint{UIDValidity: 8, UID: 2}},
		{"largest", store.Checkpoint{UIDValidity: 4294967295, UID: 4294967295, Scanned: true}, store.Checkpoint{UIDValidity: 4294967295, UID: 4294967295, Scanned: true}},
	} {
		must(t, h.Store.SaveCheckpoint(t.Context(), "home", "INBOX", step.save), step.name)
		if diff := cmp.Diff(step.want, get[store.Checkpoint](t)(h.Reopen().Checkpoint(t.Context(), "home", "INBOX"))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
	if got := get[store.Checkpoint](t)(h.Store.Checkpoint(t.Context(), "home", "Archive")); got != (store.Checkpoint{}) {
		t.Errorf("another folder's position = %+v", got)
	}
}

func notUnderstoodShown(t T, h Harness) {
	ref := mail(5)
	must(t, h.Store.SetAside(t.Context(), *ref, "Package\r\nshipped", message.Raw("cannot be read"), Now()), "set aside")
	want := []parcel.NotUnderstood{{Mail: ref.String(), Subject: "Package shipped", Why: []message.Text{message.Raw("cannot be read")}, At: Now()}}
	same(t, "set aside", want, get[parcel.Health](t)(h.Store.Health(t.Context())).NotUnderstood)
	must(t, h.Store.SetAside(t.Context(), *ref, "s", message.Raw("still not"), Now()), "set aside again")
	if got := get[parcel.Health](t)(h.Store.Health(t.Context())).NotUnderstood; len(got) != 1 || !got[0].Why[0].Equal(message.Raw("still not")) {
		t.Errorf("set aside again = %+v, want one with the new reason", got)
	}
	intake(t, h.Store, store.Scope{Mail: ref, Now: Now()})
	if got := get[parcel.Health](t)(h.Store.Health(t.Context())).NotUnderstood; len(got) != 0 {
		t.Errorf("a mail that was read is still listed: %+v", got)
	}
	must(t, h.Store.Apply(t.Context(), store.Scope{Mail: mail(6), Now: Now()}, func(st *store.State) error {
		st.NotUnderstood = &parcel.NotUnderstood{Mail: mail(6).String(), Why: []message.Text{message.New("why_nothing_found")}}
		return nil
	}), "import")
	if got := get[parcel.Health](t)(h.Store.Health(t.Context())).NotUnderstood; len(got) != 1 || !got[0].At.Equal(Now()) {
		t.Errorf("not understood = %+v, want one, at the time of the import", got)
	}
}

func withheldKept(t T, h Harness) {
	two := store.Withheld{UID: 2, Since: Now(), Next: Now().Add(time.Minute), Tries: 1}
	one := store.Withheld{UID: 1, Since: Now(), Next: Now().Add(time.Hour), Tries: 3}
	for _, w := range []store.Withheld{two, one} {
		must(t, h.Store.SetAside(t.Context(), *mail(w.UID), "", message.Raw("not handed over"), Now()), "set aside")
		must(t, h.Store.Withhold(t.Context(), *mail(w.UID), w), "withhold")
	}
	must(t, h.Store.Household("other").Withhold(t.Context(), *mail(1), two), "withhold for another household")
	two.Next, two.Tries = Now().Add(2*time.Hour), 2
	must(t, h.Store.Withhold(t.Context(), *mail(2), two), "withhold again")
	check := func(name string, want ...store.Withheld) {
		t.Helper()
		if diff := cmp.Diff(want, get[[]store.Withheld](t)(h.Reopen().Withheld(t.Context(), "home", "INBOX", 7))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	check("withheld", one, two)
	if got := get[[]store.Withheld](t)(h.Store.Withheld(t.Context(), "home", "Archive", 7)); len(got) != 0 {
		t.Errorf("another folder's = %+v", got)
	}
	must(t, h.Store.ReleaseMail(t.Context(), *mail(1), false), "release")
	check("one is released", two)
	if got := get[parcel.Health](t)(h.Store.Health(t.Context())).NotUnderstood; len(got) != 2 {
		t.Errorf("not understood = %+v, want both", got)
	}
	must(t, h.Store.ReleaseMail(t.Context(), *mail(1), true), "release again, now gone")
	if got := get[parcel.Health](t)(h.Store.Health(t.Context())).NotUnderstood; len(got) != 1 {
		t.Errorf("not understood = %+v, want one", got)
	}
	if got := get[[]store.Withheld](t)(h.Store.Withheld(t.Context(), "home", "INBOX", 8)); len(got) != 0 {
		t.Errorf("with a new numbering = %+v", got)
	}
	check("after a new numbering")
}

func notUnderstoodBounded(t T, h Harness) {
	const many = 230
	for i := range uint32(many) {
		must(t, h.Store.SetAside(t.Context(), *mail(i + 1), strings.Repeat("long ", 1000), message.Raw(strings.Repeat("ü", 9999)),
			Now().Add(time.Duration(i)*time.Second)), "set aside")
	}
	got := get[parcel.Health](t)(h.Store.Health(t.Context())).NotUnderstood
	if len(got) == 0 || len(got) >= many {
		t.Fatalf("%d of %d are listed", len(got), many)
	}
	for i, n := range got {
		if want := fmt.Sprintf("home/INBOX/%d", many-i); n.Mail != want {
			t.Fatalf("place %d is %s, want %s", i, n.Mail, want)
		}
		if most := max(utf8.RuneCountInString(n.Subject), utf8.RuneCountInString(n.Why[0][0].Data[1])); most > 500 {
			t.Fatalf("a text of %d characters was kept", most)
		}
	}
}
