package imap_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/google/go-cmp/cmp"

	"parcelwatch/mailwatch"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

func TestARenumberedFolderIsReadAgain(t *testing.T) {
	onEachServer(t, renumbered)
}

func renumbered(t *testing.T, b brand) {
	d := b.start(t, "")
	c := d.client(t, "alice")
	makeFolders(t, c, "Shop")
	other(t, c, "Copy", "Shop")
	for i := range 3 {
		appendMail(t, c, "Shop", shop, fmt.Sprint("mail ", i))
	}
	a, keep := d.account(t), newMemory()
	a.Folders, a.Probe = []string{"Shop"}, 100*time.Millisecond
	w := watch(t, a, keep)
	w.until(t, "first scan", 10*time.Second, func() bool { return len(w.subjects()) == 3 })
	before, _ := keep.Checkpoint(t.Context(), "home", "Shop")

	if _, err := c.Select("Shop", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Copy(imap.SeqSet{{Start: 1, Stop: 0}}, "Copy").Wait(); err != nil {
		t.Fatal(err)
	}
	if err := c.Unselect().Wait(); err != nil {
		t.Fatal(err)
	}
	if err := c.Delete("Shop").Wait(); err != nil {
		t.Fatal(err)
	}
	if err := c.Rename("Copy", "Shop", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	appendMail(t, c, "Shop", shop, "mail 3")
	took := w.until(t, "the renumbered folder", 30*time.Second, func() bool { return len(w.subjects()) == 7 })
	w.until(t, "the new place", 5*time.Second, func() bool {
		after, _ := keep.Checkpoint(t.Context(), "home", "Shop")
		return after.UIDValidity != before.UIDValidity && after.Scanned
	})
	w.stop(t)
	if got, want := strings.Join(w.subjects()[3:], ", "), "mail 0, mail 1, mail 2, mail 3"; got != want {
		t.Errorf("read %s under the new numbers, want %s", got, want)
	}
	for i, m := range w.mails {
		if (m.Ref.UIDValidity == before.UIDValidity) != (i < 3) {
			t.Errorf("mail %d has the place %s", i, m.Ref)
		}
	}
	t.Logf("read again %v after the last change", took.Round(time.Millisecond))
}

// other creates a folder whose UIDVALIDITY is not that of another one: Cyrus takes
// the time of day in seconds.
func other(t *testing.T, c *imapclient.Client, name, than string) {
	t.Helper()
	validity := func(name string) uint32 {
		got, err := c.Status(name, &imap.StatusOptions{UIDValidity: true}).Wait()
		if err != nil {
			t.Fatal(err)
		}
		return got.UIDValidity
	}
	for makeFolders(t, c, name); validity(name) == validity(than); makeFolders(t, c, name) {
		if err := c.Delete(name).Wait(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(300 * time.Millisecond)
	}
}

// TestMailExpungedWhileItIsFetched takes every other mail away while the first
// scan is among them: those that stay are handed over, once.
func TestMailExpungedWhileItIsFetched(t *testing.T) {
	onEachServer(t, expunged)
}

func expunged(t *testing.T, b brand) {
	const mails = 120
	d := b.start(t, "")
	c := d.client(t, "alice")
	long := strings.Repeat("Nothing but a long line of a long letter about the weather.\r\n", 1500) // several batches in all
	for i := range mails {
		appendRaw(t, c, "INBOX", message(shop, fmt.Sprint("mail ", i))+long)
	}
	a, keep := d.account(t), newMemory()
	gone := make(chan struct{})
	w := watchWith(t, a, keep, func(n int) {
		if n == 10 { // batches are on the way, and waiting
			<-gone
		}
	})
	w.until(t, "the scan has begun", 20*time.Second, func() bool { return len(w.subjects()) >= 10 })
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	var odd imap.SeqSet
	for i := range mails / 2 {
		odd.AddNum(uint32(2*i + 2))
	}
	if err := c.Store(odd, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.Expunge().Close(); err != nil {
		t.Fatal(err)
	}
	close(gone)
	last := fmt.Sprint("mail ", mails)
	appendMail(t, c, "INBOX", shop, last)
	w.until(t, "mail behind the gaps", 30*time.Second, w.has(last))
	w.stop(t)
	times := map[string]int{}
	for _, s := range w.subjects() {
		times[s]++
	}
	for i := 0; i < mails; i += 2 {
		if s := fmt.Sprint("mail ", i); times[s] != 1 {
			t.Errorf("%s stayed and was handed over %d times", s, times[s])
		}
	}
	if len(keep.asides) > 0 {
		t.Errorf("set aside: %q", keep.asides)
	}
	t.Logf("%d of %d mails handed over, %d were taken away meanwhile", len(times)-1, mails, mails/2)
}

func TestAnInterruptedFirstScanGoesOnWhereItWas(t *testing.T) {
	onEachServer(t, interrupted)
}

func interrupted(t *testing.T, b brand) {
	const mails, saved = 200, 16 // the place is saved after so many at the latest
	d := b.start(t, "")
	c := d.client(t, "alice")
	for i := range mails {
		appendMail(t, c, "INBOX", shop, fmt.Sprint("mail ", i))
	}
	keep := newMemory()
	var handed []mailwatch.Mail
	for stops := 1; len(handed) < mails; stops++ {
		if stops > 10 {
			t.Fatalf("%d mails after %d starts", len(handed), stops)
		}
		stop := make(chan struct{})
		w := watchWith(t, d.account(t), keep, func(n int) {
			if n == 60 {
				<-stop
			}
		})
		w.until(t, "some mail", 20*time.Second, func() bool { return len(w.subjects()) >= 60 || w.has(fmt.Sprint("mail ", mails-1))() })
		w.cancel()
		close(stop)
		w.stop(t)
		for _, m := range w.mails {
			if number := int(m.Ref.UID) - 1; number > len(handed) || number < len(handed)-saved {
				t.Fatalf("%s follows %d mails", subjectOf(m), len(handed))
			} else if number == len(handed) {
				handed = append(handed, m)
			}
		}
		t.Logf("start %d: %d mails read, %d in all", stops, len(w.mails), len(handed))
	}
}

// TestTheFirstScanFindsTheShopsRecentMailAlone mixes it with older mail, with other
// people's, and with mail that only names the shop: servers search differently.
func TestTheFirstScanFindsTheShopsRecentMailAlone(t *testing.T) {
	onEachServer(t, firstScanned)
}

func firstScanned(t *testing.T, b brand) {
	d := b.start(t, "")
	c := d.client(t, "alice")
	now := time.Now()
	kinds := []struct {
		name, from string
		at         time.Time
	}{
		{"recent", shop, now.Add(-10 * 24 * time.Hour)},
		{"shouting", "ALIEXPRESS <TRANSACTION@NOTICE.ALIEXPRESS.COM>", now.Add(-20 * 24 * time.Hour)},
		{"encoded", "=?UTF-8?B?0JzQsNCz0LDQt9C40L0=?= <shop@aliexpress.com>", now.Add(-59 * 24 * time.Hour)},
		{"old", shop, now.Add(-100 * 24 * time.Hour)},
		{"foreign", friend, now},
		{"alike", "x@notaliexpress.com", now},
		{"named", "\"aliexpress.com\" <x@example.net>", now},
	}
	const each = 20
	want := map[string]int{"recent": each, "shouting": each, "encoded": each}
	for i := range each {
		for _, k := range kinds {
			raw := strings.Replace(message(k.from, k.name), k.name+"@example.org", fmt.Sprint(k.name, i, "@example.org"), 1)
			raw = strings.Replace(raw, "Date: "+now.Format(time.RFC1123Z)[:16], "Date: "+k.at.Format(time.RFC1123Z)[:16], 1)
			appendAt(t, c, "INBOX", raw, k.at)
		}
	}
	w := watch(t, d.account(t), newMemory())
	w.until(t, "first scan", 30*time.Second, func() bool { return len(w.subjects()) >= 3*each })
	appendMail(t, c, "INBOX", shop, "after")
	w.until(t, "mail behind the first scan", 10*time.Second, w.has("after"))
	w.stop(t)
	got := map[string]int{}
	for _, s := range w.subjects()[:len(w.subjects())-1] {
		got[s]++
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestAServerThatStopsAndComesBack ends the server under an idling connection.
func TestAServerThatStopsAndComesBack(t *testing.T) {
	onEachServer(t, stopped)
}

func stopped(t *testing.T, b brand) {
	t.Parallel() // Dovecot's connections outlive it by half a minute
	d := b.start(t, "")
	w := watch(t, d.account(t), newMemory())
	w.until(t, "idle", 10*time.Second, w.in("INBOX", parcel.MailboxIdle))
	began := time.Now()
	d.Stop(t)
	stopping := time.Since(began)
	w.until(t, "notice", 90*time.Second, w.in("INBOX", parcel.MailboxBroken))
	t.Logf("the server stopped in %v and was missed after %v: %s",
		stopping.Round(time.Millisecond), time.Since(began).Round(time.Millisecond), w.state("INBOX").Error)
	d.Start(t, "")
	d.Deliver(t, "alice", message(shop, "meanwhile"))
	t.Logf("mail of the time between after %v", w.until(t, "back", 60*time.Second, w.has("meanwhile")).Round(time.Millisecond))
	w.stop(t)
}

// watchWith is watch with something to do as the nth mail is handed over.
func watchWith(tb testing.TB, a mailwatch.Account, p store.Checkpoints, each func(n int)) *watched {
	tb.Helper()
	return begin(tb, a, p, func(w *watched) oneByOne {
		return func(ctx context.Context, m mailwatch.Mail) error {
			if err := ctx.Err(); err != nil {
				return err // as a store would
			}
			err := w.handle(ctx, m)
			each(len(w.subjects()))
			return err
		}
	})
}
