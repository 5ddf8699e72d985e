package storetest

import (
	"slices"

	"parcelwatch/store"
)

func nodesChecks() []Check {
	return []Check{
		{"the only daemon holds all households", claimedAlone},
		{"a daemon is listed with what it says of itself", daemonListed},
		{"a program that claims nothing writes for every household", commandsWrite},
	}
}

// daemon is a daemon as it describes itself.
func daemon() store.Node {
	return store.Node{Name: "host, process 42", Version: "1.0", Started: Now(), Mailboxes: 2, Parcels: 3}
}

func claimedAlone(t T, h Harness) {
	for _, households := range [][]string{{"south", "home", "north"}, {"north", "west", "south", "home"}, {"home", "west"}, nil, {"home"}} {
		want := slices.Sorted(slices.Values(households))
		c := get[store.Claims](t)(h.Store.Claim(t.Context(), daemon(), households))
		must(t, h.Store.Release(t.Context(), append(c.Surplus, "unknown")...), "release what is too much")
		c = get[store.Claims](t)(h.Store.Claim(t.Context(), daemon(), households))
		if !slices.Equal(c.Held, want) || len(c.Surplus) > 0 {
			t.Errorf("of %v it holds %v with %v too much", want, c.Held, c.Surplus)
		}
		for _, name := range c.Held {
			must(t, h.Store.Household(name).SetSecret(t.Context(), "oauth/home", "x"), "write for "+name)
		}
	}
	must(t, h.Store.Release(t.Context()), "release all")
	must(t, h.Store.Release(t.Context()), "release all again")
	if c := get[store.Claims](t)(h.Store.Claim(t.Context(), daemon(), []string{"home"})); !slices.Equal(c.Held, []string{"home"}) {
		t.Errorf("after a release it holds %v", c.Held)
	}
}

func daemonListed(t T, h Harness) {
	if n := get[[]store.Node](t)(h.Store.Nodes(t.Context())); len(n) > 0 {
		t.Errorf("a store without a daemon lists %+v", n)
	}
	get[store.Claims](t)(h.Store.Claim(t.Context(), daemon(), []string{"home", "north"}))
	must(t, h.Store.SaveHeartbeat(t.Context(), store.Heartbeat{Started: Now(), At: Now(), PID: 42, Version: "1.0"}), "beat")
	list := func() store.Node {
		t.Helper()
		all := get[[]store.Node](t)(h.Reopen().Nodes(t.Context()))
		if len(all) != 1 || all[0].ID == 0 || all[0].Seen.IsZero() {
			t.Fatalf("daemons = %+v", all)
		}
		all[0].ID, all[0].Seen = 0, Now()
		return all[0]
	}
	want := daemon()
	want.Seen, want.Alive, want.Households = Now(), true, 2
	same(t, "the daemon", want, list())
	must(t, h.Store.SaveHeartbeat(t.Context(), store.Heartbeat{Started: Now(), Stopped: Now(), PID: 42, Version: "1.0"}), "stop")
	must(t, h.Store.Release(t.Context()), "release")
	want.Alive, want.Households = false, 0
	same(t, "the daemon after it stopped", want, list())
}

func commandsWrite(t T, h Harness) {
	get[store.Claims](t)(h.Store.Claim(t.Context(), daemon(), []string{"home", "north"}))
	command := h.Reopen()
	for _, name := range []string{"home", "north", "south"} {
		must(t, command.Household(name).SetSecret(t.Context(), "oauth/home", "x"), "write for "+name)
	}
	must(t, command.PutHousehold(t.Context(), store.HouseholdDoc{Name: "north", Doc: []byte("x")}), "put")
	must(t, command.RemoveHousehold(t.Context(), "north"), "remove")
}
