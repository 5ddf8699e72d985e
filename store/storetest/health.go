package storetest

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

func healthChecks() []Check {
	return []Check{
		{"parcels of unwatched mailboxes are counted by mailbox", unwatchedCounted},
		{"a mailbox's state is kept, and what a restart does not know stays", mailboxStates},
		{"the heartbeat is the last one", heartbeat},
		{"a secret is kept until dropped", secrets},
		{"an empty store is healthy", emptyHealth},
		{"counts are those of the lists", counted},
		{"unverified parcels are counted while they are followed", unverifiedCounted},
		{"a backup is a new file and leaves the store sound", backedUp},
		{"what is no longer used is pruned, and nothing else", pruned},
	}
}

func mailboxStates(t T, h Harness) {
	inbox := parcel.MailboxHealth{
		Name: "home", Folder: "INBOX", State: parcel.MailboxIdle, Since: Now(),
		LastMail: Now().Add(-time.Hour), LastCheck: Now(),
	}
	old := parcel.MailboxHealth{
		Name: "old", Folder: "INBOX", State: parcel.MailboxRefused, Since: Now(), Error: "wrong password",
		Fault: message.New("fault_login_refused", "Host", "mail.example.org", "Text", "Ошибка \"входа\"").And(message.New("do_password")),
	}
	must(t, h.Store.SetMailboxHealth(t.Context(), inbox), "set")
	must(t, h.Store.SetMailboxHealth(t.Context(), old), "set")
	same(t, "mailboxes", []parcel.MailboxHealth{inbox, old}, get[parcel.Health](t)(h.Reopen().Health(t.Context())).Mailboxes)
	must(t, h.Store.SetMailboxHealth(t.Context(), parcel.MailboxHealth{
		Name: "home", Folder: "INBOX", State: parcel.MailboxConnecting, Since: Now().Add(time.Minute),
	}), "set at a restart")
	must(t, h.Store.KeepMailboxes(t.Context(), []parcel.MailboxHealth{{Name: "home", Folder: "INBOX"}}), "keep")
	want := inbox
	want.State, want.Since = parcel.MailboxConnecting, Now().Add(time.Minute)
	same(t, "mailboxes after a restart without the old one", []parcel.MailboxHealth{want}, get[parcel.Health](t)(h.Store.Health(t.Context())).Mailboxes)
}

func heartbeat(t T, h Harness) {
	if got := get[store.Heartbeat](t)(h.Store.Heartbeat(t.Context())); got != (store.Heartbeat{}) {
		t.Errorf("the heartbeat of nobody = %+v", got)
	}
	for i := range 2 {
		want := store.Heartbeat{Started: Now(), At: Now().Add(time.Duration(i) * 10 * time.Second), PID: 42, Version: "1.0", NextDigest: Now().Add(time.Hour)}
		must(t, h.Store.SaveHeartbeat(t.Context(), want), "beat")
		got := get[store.Heartbeat](t)(h.Reopen().Heartbeat(t.Context()))
		same(t, "heartbeat", want, got)
	}
	must(t, h.Store.SaveHeartbeat(t.Context(), store.Heartbeat{Started: Now(), At: Now()}), "beat")
	if got := get[store.Heartbeat](t)(h.Store.Heartbeat(t.Context())); !got.NextDigest.IsZero() {
		t.Errorf("no digest is planned, and the heartbeat says %v", got.NextDigest)
	}
}

func secrets(t T, h Harness) {
	for _, value := range []string{`{"access_token":"первый"}`, "second"} {
		must(t, h.Store.SetSecret(t.Context(), "oauth/home", value), "set")
		if got := get[string](t)(h.Reopen().Secret(t.Context(), "oauth/home")); got != value {
			t.Errorf("secret = %q, want %q", got, value)
		}
	}
	must(t, h.Store.SetSecret(t.Context(), "oauth/home", ""), "drop")
	if _, err := h.Store.Secret(t.Context(), "oauth/home"); !errors.Is(err, parcel.ErrNotFound) {
		t.Errorf("a dropped secret = %v, want parcel.ErrNotFound", err)
	}
}

func emptyHealth(t T, h Harness) {
	same(t, "health of an empty store", parcel.Health{}, get[parcel.Health](t)(h.Store.Health(t.Context())))
}

func counted(t T, h Harness) {
	moving, done, closed := newParcel(numberA), newParcel(numberB), newParcel(numberC)
	done.Status, done.FinalAt = parcel.Delivered, Now()
	closed.Closed = true
	add(t, h.Store, moving, done, closed)
	listed := len(get[[]parcel.Parcel](t)(h.Store.FollowedParcels(t.Context(), nil)))
	if by := get[map[parcel.Status]int](t)(h.Reopen().ByStatus(t.Context())); len(by) != 1 {
		t.Errorf("by status: %v, want one status", by)
	} else {
		for s, n := range by {
			if n != 1 || s.Final() {
				t.Errorf("by status: %d %s", n, s)
			}
		}
	}
	if n := get[int](t)(h.Reopen().Following(t.Context())); n != 1 || n != listed {
		t.Errorf("%d parcels are followed and %d listed, want 1", n, listed)
	}
	if at := get[time.Time](t)(h.Store.LastDigest(t.Context())); !at.IsZero() {
		t.Errorf("the last digest of an empty outbox = %v", at)
	}
	older, newest := outgoing("07:00", "me"), outgoing("08:00", "you")
	older.Made = Now().Add(-time.Hour)
	for _, m := range []store.Message{newest, older} {
		must(t, h.Store.Enqueue(t.Context(), m, nil), "enqueue")
	}
	if at := get[time.Time](t)(h.Reopen().LastDigest(t.Context())); !at.Equal(Now()) {
		t.Errorf("the last digest = %v, want %v", at, Now())
	}
}

func unverifiedCounted(t T, h Harness) {
	proven, unproven, closed := newParcel(numberA), newParcel(numberB), newParcel(numberC)
	unproven.Unverified, closed.Unverified, closed.Closed = true, true, true
	add(t, h.Store, proven, unproven, closed)
	if n := get[int](t)(h.Reopen().FollowingUnverified(t.Context())); n != 1 {
		t.Errorf("%d unverified parcels are followed, want 1", n)
	}
}

func backedUp(t T, h Harness) {
	add(t, h.Store, newParcel(numberA))
	file := filepath.Join(h.Dir, "copy")
	must(t, h.Store.Backup(t.Context(), file), "back up")
	if info, err := os.Stat(file); err != nil || info.Size() == 0 {
		t.Errorf("the backup: %v, %v", info, err)
	}
	if err := h.Store.Backup(t.Context(), file); err == nil {
		t.Errorf("a backup replaces a file that is there")
	}
	must(t, h.Store.Check(t.Context()), "check")
}

func pruned(t T, h Harness) {
	p := newParcel(numberA)
	add(t, h.Store, p)
	sent := outgoing("08:00", "me")
	for i := range sent.Deliveries {
		sent.Deliveries[i] = store.Delivery{To: sent.Deliveries[i].To, State: store.DeliverySent}
	}
	must(t, h.Store.Enqueue(t.Context(), sent, nil), "enqueue")
	must(t, h.Store.Enqueue(t.Context(), outgoing("19:00", "me"), nil), "enqueue")
	must(t, h.Store.KeepAnswer(t.Context(), "upu", []byte("?"), Now()), "keep answer")
	if got := get[store.Pruned](t)(h.Store.Prune(t.Context(), Now())); got != (store.Pruned{}) {
		t.Errorf("pruned today: %+v", got)
	}
	if got, want := get[store.Pruned](t)(h.Store.Prune(t.Context(), Now().AddDate(1, 0, 0))), (store.Pruned{Bodies: 1, Answers: 1}); got != want {
		t.Errorf("pruned a year later: %+v, want %+v", got, want)
	}
	if waiting := get[[]store.Message](t)(h.Store.DueMessages(t.Context(), Now(), 10)); len(waiting) != 1 || len(waiting[0].Raw) == 0 {
		t.Errorf("the message that waits: %+v", waiting)
	}
	if len(get[[]string](t)(h.Store.Sent(t.Context(), sent.ID))) != 1 {
		t.Errorf("the Message-ID of a pruned message is not known")
	}
}

func unwatchedCounted(t T, h Harness) {
	of := func(n number.Number, status parcel.Status, boxes ...string) *parcel.Parcel {
		p := newParcel(n)
		p.Status, p.Mailboxes = status, boxes
		return p
	}
	both := of(numberA, parcel.InTransit, "old", "home")
	add(t, h.Store, both, of(numberB, parcel.InTransit, "old", "older"), of(numberC, parcel.Delivered, "older"), of("RB123456785SE", parcel.InTransit))
	add(t, h.Store.Household("other"), of(numberA, parcel.InTransit, "old"))
	count := func(watched ...string) []store.Unwatched {
		return get[[]store.Unwatched](t)(h.Reopen().Unwatched(t.Context(), watched))
	}
	same(t, "with one mailbox watched", []store.Unwatched{{Mailbox: "old", Parcels: 1}, {Mailbox: "older", Parcels: 1}}, count("home"))
	same(t, "with all watched", []store.Unwatched(nil), count("home", "older"))
	change(t, h.Store, both.ID, func(p *parcel.Parcel) { p.Mailboxes = []string{"old"} })
	same(t, "after a parcel lost a mailbox", []store.Unwatched{{Mailbox: "old", Parcels: 2}, {Mailbox: "older", Parcels: 1}}, count("home"))
	same(t, "with none watched", []store.Unwatched{{Mailbox: "old", Parcels: 2}, {Mailbox: "older", Parcels: 1}}, count())
}
