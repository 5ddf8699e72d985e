package postgres_test

import (
	"errors"
	"testing"

	"parcelwatch/store"
)

// TestAPersonIsServedByADaemonThatDoesNotHoldTheHousehold: a page is opened at any of the
// daemons, also while its lease is lost.
func TestAPersonIsServedByADaemonThatDoesNotHoldTheHousehold(t *testing.T) {
	t.Parallel()
	url := database(t)
	holder, other := open(t, url), open(t, url)
	claim(t, holder, "anna")
	claim(t, other, "anna")
	if err := other.Household("anna").SetSecret(t.Context(), "x", "1"); !errors.Is(err, store.ErrLeaseLost) {
		t.Fatalf("a household of another daemon is written: %v", err)
	}
	if err := other.Unclaimed().Household("anna").SetSecret(t.Context(), "x", "2"); err != nil {
		t.Errorf("a person is refused: %v", err)
	}
	if v, err := holder.Household("anna").Secret(t.Context(), "x"); err != nil || v != "2" {
		t.Errorf("the household has %q, %v", v, err)
	}
	lapse(t, url, nodeIDs(t, other)...)
	if err := other.Unclaimed().Household("anna").SetSecret(t.Context(), "x", "3"); err != nil {
		t.Errorf("a person is refused by a daemon without a lease: %v", err)
	}
}

func TestAnUnclaimedStoreIsClosedWithTheStore(t *testing.T) {
	t.Parallel()
	db := open(t, database(t))
	claim(t, db, "anna")
	for _, s := range []store.Store{db.Unclaimed(), db, db.Unclaimed()} {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
