package postgres_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"parcelwatch/store"
	"parcelwatch/store/storetest"
	"parcelwatch/test/pgtest"
)

// essential are the checks with the different kinds of transactions: with a lock, with a
// savepoint, with a cursor, of one statement, and those of several programs at once.
func essential() []string {
	return []string{
		"mails are imported together up to the first that fails",
		"a failure in the middle leaves nothing",
		"a cancelled context leaves nothing",
		"two writers at once lose nothing",
		"everything survives a reopen",
		"every parcel has one standing and is visited once, until the visitor has enough",
		"an audience's slot is taken once",
		"messages that no copy of arrived are withdrawn with what they announced",
		"what is forgotten stays forgotten until purged or taken back",
		"many who take at once get what there is and no more",
		"a host's moments are spaced and survive a reopen",
		"the newest few answers not understood are kept, bounded",
		"the heartbeat is the last one",
		"a backup is a new file and leaves the store sound",
		"the same number, order, mail and name in two households are two things",
		"a household is removed with all that is stored of it, and no other",
		"the only daemon holds all households",
		"a program that claims nothing writes for every household",
	}
}

// TestStoreThroughPgbouncer runs what the daemons need of each other and of the database
// through a pooler that gives each transaction another session.
func TestStoreThroughPgbouncer(t *testing.T) {
	t.Parallel()
	cluster.Need(t)
	pool, err := cluster.Pool(t.Context())
	if errors.Is(err, pgtest.ErrNotInstalled) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Stop)
	through := func(database string) string {
		return strings.Replace(database, cluster.Addr(), pool.Addr(), 1) + "&default_query_exec_mode=cache_describe"
	}
	for _, name := range essential() {
		i := slices.IndexFunc(storetest.Checks(), func(c storetest.Check) bool { return c.Name == name })
		if i < 0 {
			t.Errorf("there is no check %q", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := through(database(t))
			storetest.Checks()[i].Run(t, storetest.Harness{
				Store:  open(t, url),
				Reopen: func() store.Store { return open(t, url) },
				Dir:    t.TempDir(),

				OwnClock: true,
			})
		})
	}
	t.Run("an empty database gets its tables", func(t *testing.T) {
		t.Parallel()
		url := through(cluster.Database(t, ""))
		found(t, open(t, url))
	})
	t.Run("daemons share the households", func(t *testing.T) {
		t.Parallel()
		url := database(t)
		first, second := open(t, through(url)), open(t, through(url))
		settle(t, names(5), first, second)
		lapse(t, url)
		settle(t, names(5), open(t, through(url)))
		if err := first.Household("h000").SetSecret(t.Context(), "x", "y"); err == nil {
			t.Error("a daemon whose lease ended writes")
		}
	})
}
