package storetest

import (
	"errors"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

func registryChecks() []Check {
	return []Check{
		{"households are kept as they were put, sorted by name", householdsPut},
		{"the revision changes with every change of the households", revisionChanges},
		{"a household is removed with all that is stored of it, and no other", householdRemoved},
		{"nothing is stored for a household that was just removed", removedStaysRemoved},
	}
}

func householdsPut(t T, h Harness) {
	same(t, "the households of a new store", 0, len(get[[]store.HouseholdDoc](t)(h.Store.HouseholdDocs(t.Context()))))
	south := store.HouseholdDoc{Name: "south", Doc: []byte("# Юг\r\n[[mailbox]]\n\x00\xff")}
	for _, d := range []store.HouseholdDoc{south, {Name: "north", Doc: []byte("old")}, {Name: "north", Doc: []byte("new")}} {
		must(t, h.Store.PutHousehold(t.Context(), d), "put "+d.Name)
	}
	south.Changed = Now()
	want := []store.HouseholdDoc{{Name: "north", Doc: []byte("new"), Changed: Now()}, south}
	same(t, "households", want, get[[]store.HouseholdDoc](t)(h.Reopen().HouseholdDocs(t.Context())))
	for _, name := range []string{"", store.Home} {
		if err := h.Store.PutHousehold(t.Context(), store.HouseholdDoc{Name: name, Doc: []byte("x")}); err == nil {
			t.Errorf("a household with the name %q was put", name)
		}
	}
}

func revisionChanges(t T, h Harness) {
	seen := map[int64]string{get[int64](t)(h.Store.Revision(t.Context())): "nothing"}
	look := func(after string) {
		t.Helper()
		r := get[int64](t)(h.Reopen().Revision(t.Context()))
		if before, known := seen[r]; known {
			t.Errorf("the revision after %s is %d, as after %s", after, r, before)
		}
		seen[r] = after
	}
	put := func(doc string) {
		t.Helper()
		must(t, h.Store.PutHousehold(t.Context(), store.HouseholdDoc{Name: "north", Doc: []byte(doc)}), "put")
	}
	put("a")
	look("the first")
	put("b")
	look("a replacement")
	must(t, h.Store.RemoveHousehold(t.Context(), "north"), "remove")
	look("a removal")
	put("a")
	look("the first again")
	before := get[int64](t)(h.Store.Revision(t.Context()))
	if err := h.Store.RemoveHousehold(t.Context(), "south"); !errors.Is(err, parcel.ErrNotFound) {
		t.Errorf("removing an unknown household = %v, want ErrNotFound", err)
	}
	if after := get[int64](t)(h.Store.Revision(t.Context())); after != before {
		t.Errorf("the revision changes with nothing")
	}
}

func householdRemoved(t T, h Harness) {
	scope := store.Scope{Mail: mail(5), MessageID: "m@example.org", Digest: "aa", Numbers: []number.Number{numberA}, Orders: []string{orderA}, Now: Now()}
	ids := map[string]int64{}
	for _, name := range []string{"north", "south"} {
		must(t, h.Store.PutHousehold(t.Context(), store.HouseholdDoc{Name: name, Doc: []byte(name)}), "put")
		s := h.Store.Household(name)
		must(t, s.Apply(t.Context(), scope, func(st *store.State) error {
			p := newParcel(numberA)
			p.Title, p.Orders = name, []string{orderA}
			st.Parcels = []*parcel.Parcel{p}
			st.Orders = []*parcel.Order{{ID: orderA, Shop: name, FirstSeen: Now()}}
			st.Changes = []store.NewChange{{Change: news("new|" + string(numberA)), Of: p}}
			return nil
		}), "import")
		must(t, s.SetMailboxHealth(t.Context(), parcel.MailboxHealth{Name: "home", Folder: "INBOX", State: parcel.MailboxIdle, Since: Now(), LastCheck: Now(), Error: name}), "set")
		must(t, s.SetAside(t.Context(), *mail(6), name, nil, Now()), "set aside")
		must(t, s.SetSecret(t.Context(), "oauth/home", name), "keep")
		must(t, s.Enqueue(t.Context(), outgoing("08:00", name), nil), "enqueue")
		ids[name] = get[parcel.Parcel](t)(s.ParcelByNumber(t.Context(), numberA)).ID
	}
	must(t, h.Store.RemoveHousehold(t.Context(), "north"), "remove")
	if docs := get[[]store.HouseholdDoc](t)(h.Reopen().HouseholdDocs(t.Context())); len(docs) != 1 || docs[0].Name != "south" {
		t.Errorf("households left: %+v", docs)
	}
	showsOwn(t, h.Reopen().Household("south"), "south", ids["south"])
	if secret := get[string](t)(h.Store.Household("south").Secret(t.Context(), "oauth/home")); secret != "south" {
		t.Errorf("the secret of the other household = %q", secret)
	}
	if err := h.Store.RemoveHousehold(t.Context(), "north"); !errors.Is(err, parcel.ErrNotFound) {
		t.Errorf("removing it again = %v, want ErrNotFound", err)
	}
	must(t, h.Store.PutHousehold(t.Context(), store.HouseholdDoc{Name: "north", Doc: []byte("again")}), "put again")
	holdsNothing(t, h.Reopen().Household("north"))
}

// holdsNothing checks that nothing is stored of a household.
func holdsNothing(t T, s store.Household) {
	t.Helper()
	var faults []string
	add := func(what string, n int) {
		if n > 0 {
			faults = append(faults, what)
		}
	}
	add("parcels", len(get[[]parcel.Parcel](t)(s.Parcels(t.Context()))))
	add("orders", len(get[[]parcel.Order](t)(s.Orders(t.Context()))))
	add("changes", len(get[[]parcel.Change](t)(s.Pending(t.Context(), "me", time.Time{}))))
	add("messages", len(get[[]store.Message](t)(s.DueMessages(t.Context(), Now().AddDate(1, 0, 0), 10))))
	health := get[parcel.Health](t)(s.Health(t.Context()))
	add("mailboxes", len(health.Mailboxes))
	add("mails that were not understood", len(health.NotUnderstood))
	if c := get[store.Checkpoint](t)(s.Checkpoint(t.Context(), "home", "INBOX")); c != (store.Checkpoint{}) {
		faults = append(faults, "checkpoints")
	}
	if _, err := s.Secret(t.Context(), "oauth/home"); !errors.Is(err, parcel.ErrNotFound) {
		faults = append(faults, "secrets")
	}
	if faults != nil {
		t.Errorf("a removed household still has %v", faults)
	}
	must(t, s.Apply(t.Context(), store.Scope{MessageID: "m@example.org", Digest: "aa", Mail: mail(5), Now: Now()}, func(st *store.State) error {
		faults = append(faults, "decided")
		return nil
	}), "import again")
	if faults == nil {
		t.Errorf("a mail of a removed household counts as imported")
	}
}

func removedStaysRemoved(t T, h Harness) {
	for _, name := range []string{"north", "south"} {
		must(t, h.Store.PutHousehold(t.Context(), store.HouseholdDoc{Name: name, Doc: []byte("x")}), "put")
	}
	must(t, h.Store.RemoveHousehold(t.Context(), "north"), "remove")
	north := h.Reopen().Household("north")
	if err := north.SetSecret(t.Context(), "oauth/home", "late"); !errors.Is(err, store.ErrRemoved) {
		t.Errorf("writing for a removed household = %v, want ErrRemoved", err)
	}
	must(t, h.Store.Household("south").SetSecret(t.Context(), "oauth/home", "s"), "write for another household")
	must(t, h.Store.SetSecret(t.Context(), "oauth/home", "h"), "write for the own household")
	must(t, h.Store.PutHousehold(t.Context(), store.HouseholdDoc{Name: "north", Doc: []byte("x")}), "put again")
	must(t, north.SetSecret(t.Context(), "oauth/home", "n"), "write for a household that is back")
}
