package mailwatch_test

import (
	"strconv"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

func TestFirstScanHandsOverTheShopsMailInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		for _, m := range [][2]string{{shop, "one"}, {friend, "hello"}, {shop, "two"}, {friend, "again"}, {shop, "three"}, {friend, "bye"}} {
			s.add(t, "INBOX", m[0], m[1])
		}
		r := watch(account(s.pipeNet), newPositions(), &inbox{})
		settle()
		if diff := cmp.Diff([]string{"one", "two", "three"}, r.inbox.subjects()); diff != "" {
			t.Error(diff)
		}
		if got, want := r.positions.get("INBOX"), (store.Checkpoint{UIDValidity: 1, UID: 6, Scanned: true}); got != want {
			t.Errorf("position: got %+v, want %+v", got, want)
		}
		if got := r.state("INBOX"); got.State != parcel.MailboxIdle || got.Error != "" {
			t.Errorf("state: got %+v", got)
		}
		r.stop(t)
		s.stop(t)
	})
}

func TestALongAbsenceIsCaughtUpBySearch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		p, in := newPositions(), &inbox{}
		s.add(t, "INBOX", shop, "before")
		r := watch(account(s.pipeNet), p, in)
		settle()
		r.stop(t)
		want := []string{"before"}
		for i := range 1500 {
			from, subject := friend, strconv.Itoa(i)
			if i%100 == 50 {
				from, want = shop, append(want, subject)
			}
			s.add(t, "INBOX", from, subject)
		}
		r = watch(account(s.pipeNet), p, in)
		settle()
		if diff := cmp.Diff(want, in.subjects()); diff != "" {
			t.Error(diff)
		}
		if got, want := p.get("INBOX"), (store.Checkpoint{UIDValidity: 1, UID: 1501, Scanned: true}); got != want {
			t.Errorf("position: got %+v, want %+v", got, want)
		}
		if got := s.last().read; got > 64<<10 {
			t.Errorf("%d bytes were read: more than the shop's mail and a sample of headers", got)
		}
		r.stop(t)
		s.stop(t)
	})
}

func TestNewMailDuringIdleArrivesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		r := watch(account(s.pipeNet), newPositions(), &inbox{})
		settle()
		for _, subject := range []string{"first", "second"} {
			s.add(t, "INBOX", friend, "noise")
			s.add(t, "INBOX", shop, subject)
			settle() // no time passes
		}
		if diff := cmp.Diff([]string{"first", "second"}, r.inbox.subjects()); diff != "" {
			t.Error(diff)
		}
		if got := s.count(); got != 1 {
			t.Errorf("connections: got %d, want 1", got)
		}
		r.stop(t)
		s.stop(t)
	})
}
