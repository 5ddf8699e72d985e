//go:build unix

package kill_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// silent is a post that knows no number.
func silent(w http.ResponseWriter, r *http.Request) { cainiao(w, r, nil) }

// cainiao answers each number with the events given, newest first, as that
// service does.
func cainiao(w http.ResponseWriter, r *http.Request, events func(number string) string) {
	var entries []string
	for n := range strings.SplitSeq(r.URL.Query().Get("mailNos"), ",") {
		details := ""
		if events != nil {
			details = events(n)
		}
		entries = append(entries, fmt.Sprintf(`{"mailNo":%q,"mailNoSource":"EXTERNAL","detailList":[%s]}`, n, details))
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, `{"module":[%s],"success":true}`, strings.Join(entries, ","))
}

// once fails unless every number is carried by exactly one parcel.
func once(t *testing.T, parcels []listed, want int) {
	t.Helper()
	of := map[string]int{}
	for _, p := range parcels {
		for _, n := range p.Numbers {
			of[n]++
		}
	}
	for i := range want {
		if of[number(i)] != 1 {
			t.Errorf("number %s is in %d parcels, want 1", number(i), of[number(i)])
		}
	}
	if len(parcels) != want {
		t.Errorf("%d parcels, want %d", len(parcels), want)
	}
}

func TestKilledWhileScanningEveryMailCountsOnce(t *testing.T) {
	const mails = 120
	w := newWorld(t, silent)
	for i := range mails {
		order := fmt.Sprintf("81900000%08d", i)
		if err := w.inbox.Deliver(letter(number(i), order, "collected by the carrier", time.Now()), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	kills := 0
	w.until("all mails are read", func() bool {
		cmd := w.start()
		time.Sleep(time.Duration(150+rand.IntN(400)) * time.Millisecond)
		w.kill(cmd)
		kills++
		return len(w.list()) >= mails
	})
	cmd := w.start()
	w.until("the daemon has looked once more", func() bool { return len(w.list()) == mails })
	w.kill(cmd)
	once(t, w.list(), mails)
	t.Logf("%d mails, killed %d times", mails, kills)
}

func TestKilledWhilePollingEveryAnswerCountsOnce(t *testing.T) {
	const parcels = 40
	var asked atomic.Int64
	w := newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		time.Sleep(30 * time.Millisecond)
		now := time.Now().UTC().Add(-time.Hour)
		cainiao(rw, r, func(string) string {
			return fmt.Sprintf(`{"time":%d,"timeStr":%q,"timeZone":"GMT+0","desc":"Departed from departure country/region","standerdDesc":"Departed from departure country/region","actionCode":"LH_DEPART"}`,
				now.UnixMilli(), now.Format(time.DateTime))
		})
	})
	for i := range parcels {
		order := fmt.Sprintf("81900000%08d", i)
		if err := w.inbox.Deliver(letter(number(i), order, "collected by the carrier", time.Now().Add(-2*time.Hour)), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	exported := func() int {
		n := 0
		for _, p := range w.list() {
			if p.Status == "export" {
				n++
			}
		}
		return n
	}
	kills := 0
	for ; kills < 5; kills++ {
		cmd := w.start()
		before := asked.Load()
		w.until("a post is asked or nothing is left to ask", func() bool { return asked.Load() > before || exported() == parcels })
		time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
		w.kill(cmd)
	}
	cmd := w.start()
	w.until("every parcel has its answer", func() bool { return exported() == parcels })
	w.kill(cmd)
	once(t, w.list(), parcels)
	t.Logf("%d parcels, killed %d times, the post was asked %d times", parcels, kills, asked.Load())
}

func TestKilledBetweenAcceptanceAndMarkRepeatsTheSameMessage(t *testing.T) {
	w := newWorld(t, silent)
	cmd := w.start()
	killed := make(chan struct{})
	w.mails.atAcceptance(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		close(killed)
	})
	if err := w.inbox.Deliver(letter(number(1), "8190000000010017", "out for delivery", time.Now()), time.Now()); err != nil {
		t.Fatal(err)
	}
	select {
	case <-killed:
	case <-time.After(60 * time.Second):
		t.Fatal("no urgent mail was sent")
	}
	again := w.start()
	w.until("the mail is repeated", func() bool { return len(w.mails.ids()) >= 2 })
	time.Sleep(2 * time.Second) // whatever else would be sent, would be sent now
	w.kill(again)
	ids := w.mails.ids()
	if len(ids) != 2 || ids[0] == "" || ids[0] != ids[1] {
		t.Errorf("Message-IDs %q, want the same one twice", ids)
	}
}
