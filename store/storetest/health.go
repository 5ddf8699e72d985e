package storetest

import (
	"errors"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

func healthChecks() []Check {
	return []Check{
		{"a mailbox's state is kept, and what a restart does not know stays", mailboxStates},
		{"the heartbeat is the last one", heartbeat},
		{"a secret is kept until dropped", secrets},
		{"an empty store is healthy", emptyHealth},
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
	if diff := cmp.Diff([]parcel.MailboxHealth{inbox, old}, get[parcel.Health](t)(h.Reopen().Health(t.Context())).Mailboxes); diff != "" {
		t.Errorf("mailboxes (-want +got):\n%s", diff)
	}
	must(t, h.Store.SetMailboxHealth(t.Context(), parcel.MailboxHealth{
		Name: "home", Folder: "INBOX", State: parcel.MailboxConnecting, Since: Now().Add(time.Minute),
	}), "set at a restart")
	must(t, h.Store.KeepMailboxes(t.Context(), []parcel.MailboxHealth{{Name: "home", Folder: "INBOX"}}), "keep")
	want := inbox
	want.State, want.Since = parcel.MailboxConnecting, Now().Add(time.Minute)
	if diff := cmp.Diff([]parcel.MailboxHealth{want}, get[parcel.Health](t)(h.Store.Health(t.Context())).Mailboxes); diff != "" {
		t.Errorf("mailboxes after a restart without the old one (-want +got):\n%s", diff)
	}
}

func heartbeat(t T, h Harness) {
	if got := get[store.Heartbeat](t)(h.Store.Heartbeat(t.Context())); got != (store.Heartbeat{}) {
		t.Errorf("the heartbeat of nobody = %+v", got)
	}
	for i := range 2 {
		want := store.Heartbeat{Started: Now(), At: Now().Add(time.Duration(i) * 10 * time.Second), PID: 42, Version: "1.0", NextDigest: Now().Add(time.Hour)}
		must(t, h.Store.SaveHeartbeat(t.Context(), want), "beat")
		got := get[store.Heartbeat](t)(h.Reopen().Heartbeat(t.Context()))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("heartbeat (-want +got):\n%s", diff)
		}
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
	if diff := cmp.Diff(parcel.Health{}, get[parcel.Health](t)(h.Store.Health(t.Context()))); diff != "" {
		t.Errorf("health of an empty store (-want +got):\n%s", diff)
	}
}
