package imap_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/google/go-cmp/cmp"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/test/rig"
)

// found is what is known of parcels: sorted numbers and orders.
type found struct{ Numbers, Orders []string }

// corpus returns the files of the corpus, and of the samples where they are.
func corpus(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, dir := range []string{filepath.Join("..", "..", "testdata", "mail"), filepath.Join("..", "..", "..", "shared", "samples", "mail"), filepath.Join("..", "..", "..", "shared", "cases", "mail")} {
		files, err := filepath.Glob(filepath.Join(dir, "*.eml"))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, files...)
	}
	if len(out) < 200 {
		t.Fatalf("only %d mails", len(out))
	}
	return out
}

// parsed returns what the parse command says of mails that may create something.
func parsed(t *testing.T, p *rig.Program, files []string) found {
	t.Helper()
	var docs []struct {
		Trusted parcel.Trust
		Orders  []string
		Parcels []struct{ Number string }
	}
	if err := json.Unmarshal([]byte(p.Say(append([]string{"parse", "--json"}, files...)...)), &docs); err != nil || len(docs) != len(files) {
		t.Fatalf("%d documents of %d mails, %v", len(docs), len(files), err)
	}
	var out found
	for _, d := range docs {
		if !d.Trusted.Creates() {
			continue
		}
		out.Orders = append(out.Orders, d.Orders...)
		for _, q := range d.Parcels {
			out.Numbers = append(out.Numbers, q.Number)
			if inner := number.Number(q.Number).Inner(); inner != "" {
				out.Numbers = append(out.Numbers, string(inner)) // the store follows both
			}
		}
	}
	return out.sorted()
}

func (f found) sorted() found {
	for _, list := range []*[]string{&f.Numbers, &f.Orders} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return f
}

// reached waits until a program has scanned a folder and read it up to a mail.
func reached(t *testing.T, p *rig.Program, folder string, mails int) *rig.Store {
	t.Helper()
	var s *rig.Store
	rig.Await(t, folder+" is read", 90*time.Second, func() bool {
		if s == nil {
			s, _ = rig.OpenStore(t.Context(), p.Site.Store) // not before the program has made it
		}
		if s == nil {
			return false
		}
		n, err := s.Count(t.Context(), "SELECT count(*) FROM position WHERE folder = ? AND scanned AND uid >= ?", folder, mails)
		return err == nil && n > 0
	})
	t.Cleanup(s.Close)
	return s
}

// stored returns what is in the store once every mail of a folder was read.
func stored(t *testing.T, p *rig.Program, folder string, mails int) found {
	t.Helper()
	s := reached(t, p, folder, mails)
	var out found
	var err error
	if out.Numbers, err = s.Texts(t.Context(), "SELECT number FROM number"); err != nil {
		t.Fatal(err)
	}
	if out.Orders, err = s.Texts(t.Context(), "SELECT id FROM shop_order UNION SELECT order_id FROM parcel_order"); err != nil {
		t.Fatal(err)
	}
	return out.sorted()
}

// TestTheDaemonReadsWhatParseReads delivers every mail of the corpus to a real
// server and compares the store with what the parse command says of the same
// mails: by the first scan, while the daemon waits, and after a move to another
// folder.
func TestTheDaemonReadsWhatParseReads(t *testing.T) {
	t.Parallel()
	files := corpus(t)
	mails := make([]string, 0, len(files))
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		mails = append(mails, string(raw))
	}
	d := startDovecot(t, "", nil)
	start := func(user, folder string) *rig.Program {
		box := d.Alice(d.Port + 1)
		box.User = user
		box.More = "forwarders = [\"partner@example.org\", \"family@example.org\"]\nfolders = [\"" + folder + "\"]\n"
		return rig.NewProgram(t, binary, rig.Config{Mailboxes: []rig.Mailbox{box}})
	}
	send := func(user string, mails ...string) {
		if n, err := d.Send(t.Context(), user, mails...); err != nil {
			t.Fatalf("mail %d, %s: %v", n, files[n], err)
		}
	}
	c := d.client(t, "bob")
	if err := c.Create("Parcels", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	send("alice", mails...)

	scan, idle, moved := start("alice", "INBOX"), start("bob", "INBOX"), start("bob", "Parcels")
	want := parsed(t, scan, files)
	t.Logf("%d mails, %d numbers, %d orders", len(files), len(want.Numbers), len(want.Orders))
	check := func(way string, got found) {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -parse +store\n%s", way, diff)
		}
	}
	scan.Run()
	check("first scan", stored(t, scan, "INBOX", len(mails)))
	scan.End()

	idle.Run()
	moved.Run()
	reached(t, idle, "INBOX", 0)
	reached(t, moved, "Parcels", 0)
	send("bob", mails...)
	check("idle", stored(t, idle, "INBOX", len(mails)))

	n := numbered(1)
	_, rest, _ := strings.Cut(shipment(n, 1), "\r\n") // its own From goes
	d.Deliver(t, "bob", "From: AliExpress <transaction_at_notice_aliexpress_com_k2m4x6q8zz_4f8e1a7c@privaterelay.appleid.com>\r\n"+rest)
	s := reached(t, idle, "INBOX", 0)
	took, err := rig.Until(t.Context(), 5*time.Second, "the relay's mail is a parcel", func() bool {
		found, err := s.Count(t.Context(), "SELECT count(*) FROM number WHERE number = ?", string(n))
		return err == nil && found == 1
	})
	if err != nil {
		t.Error(err)
	}
	t.Logf("a relay's mail is a parcel after %s", took)

	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	all := imap.SeqSet{}
	all.AddRange(1, uint32(len(mails))) // without the relay's
	if _, err := c.Move(all, "Parcels").Wait(); err != nil {
		t.Fatal(err)
	}
	check("move", stored(t, moved, "Parcels", len(mails)))
}
