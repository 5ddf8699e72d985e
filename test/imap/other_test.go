package imap_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/google/go-cmp/cmp"

	"parcelwatch/parcel"
	"parcelwatch/test/rig"
)

// TestServersOfOtherMakers goes through the life of a mailbox on servers that
// answer a SEARCH for new mail wrongly, or have no notification of new mail.
func TestServersOfOtherMakers(t *testing.T) {
	rig.Need(t)
	t.Parallel()
	for _, o := range []struct {
		kind, user, folder string
		renumbers          bool // after EXPUNGE, so that mail is read again
	}{
		{rig.Courier, "alice", "INBOX.Shop", false},
		{rig.Imap4d, "alice@rig.test", "Shop", true},
	} {
		t.Run(o.kind, func(t *testing.T) {
			t.Parallel()
			d := &server{rig.StartOther(t, o.kind), o.user}
			lifeOfAMailbox(t, d, o.renumbers)
			lifeOfAFolder(t, d, o.folder)
		})
	}
}

const patience = 40 * time.Second

func lifeOfAMailbox(t *testing.T, d *server, renumbers bool) {
	t.Helper()
	c := d.client(t, d.user)
	for i := range 6 {
		appendMail(t, c, "INBOX", []string{shop, friend}[i%2], fmt.Sprint("old ", i))
	}
	mark(t, c, imap.FlagSeen, 2)
	mark(t, c, imap.FlagFlagged, 3)
	keep := newMemory()
	w := watch(t, d.account(t), keep)
	w.until(t, "first scan", patience, func() bool { return len(w.subjects()) == 3 })
	w.until(t, "watching", patience, func() bool {
		return w.in("INBOX", parcel.MailboxIdle)() || w.in("INBOX", parcel.MailboxPolling)()
	})
	appendMail(t, c, "INBOX", shop, "new")
	t.Logf("new mail found after %v, %s", w.until(t, "new mail", patience, w.has("new")), w.state("INBOX").State)

	mark(t, c, imap.FlagDeleted, 1, 4)
	if err := c.UnselectAndExpunge().Wait(); err != nil { // imap4d answers EXPUNGE with lines that the library refuses
		t.Fatal(err)
	}
	appendMail(t, c, "INBOX", shop, "after the gap")
	w.until(t, "mail behind a gap", patience, w.has("after the gap"))

	d.Stop(t)
	d.Start(t, "")
	c = d.client(t, d.user)
	appendMail(t, c, "INBOX", shop, "after the restart")
	w.until(t, "mail after a restart", patience, w.has("after the restart"))
	w.stop(t)

	appendMail(t, c, "INBOX", shop, "meanwhile")
	again := watch(t, d.account(t), keep)
	again.until(t, "mail of the meantime", patience, again.has("meanwhile"))
	again.stop(t)
	want := []string{"old 0", "old 2", "old 4", "new", "after the gap", "after the restart", "meanwhile"}
	got := append(w.subjects(), again.subjects()...)
	if renumbers {
		got = distinct(got)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mail read: %s\n%s", diff, w.log)
	}
	const after = "unseen 7 of 8\n2 \\Seen\n3 \\Flagged\n5\n6\n7\n8\n9\n10\n"
	if diff := cmp.Diff(after, d.seen(t)); diff != "" {
		t.Errorf("seen by another client: %s", diff)
	}
	if len(keep.asides) > 0 {
		t.Errorf("set aside: %q", keep.asides)
	}
}

// distinct returns a list without repetitions.
func distinct(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// mark sets a flag as another mail program does.
func mark(t *testing.T, c *imapclient.Client, flag imap.Flag, mails ...uint32) {
	t.Helper()
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	if err := c.Store(imap.SeqSetNum(mails...), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{flag}}, nil).Close(); err != nil {
		t.Fatal(err)
	}
}

func lifeOfAFolder(t *testing.T, d *server, folder string) {
	t.Helper()
	c := d.client(t, d.user)
	makeFolders(t, c, folder)
	appendMail(t, c, folder, shop, "first life")
	a := d.account(t)
	a.Folders = []string{folder}
	w := watch(t, a, newMemory())
	w.until(t, "first scan", patience, w.has("first life"))
	if err := c.Delete(folder).Wait(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(1100 * time.Millisecond) // both number folders by the second
	makeFolders(t, c, folder)
	appendMail(t, c, folder, shop, "second life")
	w.until(t, "second life", patience, w.has("second life"))
	w.stop(t)
}
