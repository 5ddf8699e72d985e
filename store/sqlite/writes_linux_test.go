package sqlite_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/store/storetest"
)

// calls returns how many calls to write this process has made.
func calls(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/io")
	if err != nil {
		t.Skip("skipped: this kernel does not count the writes of a process")
	}
	_, rest, _ := strings.Cut(string(text), "syscw: ")
	number, _, _ := strings.Cut(rest, "\n")
	n, err := strconv.Atoi(number)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A new parcel changes some 25 pages; each used to take two writes.
func TestAMailTakesFewWrites(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "p.db"))
	const mails, most = 40, 5 // at most of each mail, with its share of moving the log into the file
	var before int
	for i := range mails + 3 {
		if i == 3 { // the first compile statements and make pages
			before = calls(t)
		}
		scope := store.Scope{
			Now: storetest.Now(), MessageID: strconv.Itoa(i), Digest: strconv.Itoa(i),
			Mail: &parcel.MailRef{Mailbox: "home", Folder: "INBOX", UIDValidity: 1, UID: uint32(i + 1)},
		}
		if err := db.Apply(t.Context(), scope, func(s *store.State) error {
			p := travelled(i)
			s.Parcels = append(s.Parcels, p)
			s.Changes = append(s.Changes, store.NewChange{Change: parcel.Change{Kind: parcel.ChangeNewParcel, At: storetest.Now(), Key: "new"}, Of: p})
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if n := calls(t) - before; n > mails*most {
		t.Errorf("%d mails took %d writes, want at most %d each", mails, n, most)
	}
}
