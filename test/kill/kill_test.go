//go:build unix

package kill_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// silent is a post that knows no number.
func silent(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/soap+xml;charset=utf-8")
	_, _ = fmt.Fprint(w, `<S:Envelope xmlns:S="http://www.w3.org/2003/05/soap-envelope"><S:Body><ns7:getOperationHistoryResponse xmlns:ns3="http://russianpost.org/operationhistory/data" xmlns:ns7="http://russianpost.org/operationhistory"><ns3:OperationHistoryData/></ns7:getOperationHistoryResponse></S:Body></S:Envelope>`)
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
	const mails = 400
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
		// Longer lives on a busy machine, until all is read.
		time.Sleep(time.Duration(120+20*kills+rand.IntN(200)) * time.Millisecond)
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

// waiting is what Russian Post answers of a parcel that waits at the office.
func waiting(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/soap+xml;charset=utf-8")
	_, _ = fmt.Fprintf(w, `<S:Envelope xmlns:S="http://www.w3.org/2003/05/soap-envelope"><S:Body><ns7:getOperationHistoryResponse xmlns:ns3="http://russianpost.org/operationhistory/data" xmlns:ns7="http://russianpost.org/operationhistory"><ns3:OperationHistoryData><ns3:historyRecord><ns3:AddressParameters><ns3:CountryOper><ns3:Code2A>RU</ns3:Code2A></ns3:CountryOper></ns3:AddressParameters><ns3:OperationParameters><ns3:OperType><ns3:Id>8</ns3:Id><ns3:Name>Обработка</ns3:Name></ns3:OperType><ns3:OperAttr><ns3:Id>2</ns3:Id><ns3:Name>Прибыло в место вручения</ns3:Name></ns3:OperAttr><ns3:OperDate>%s</ns3:OperDate></ns3:OperationParameters></ns3:historyRecord></ns3:OperationHistoryData></ns7:getOperationHistoryResponse></S:Body></S:Envelope>`,
		time.Now().Add(-time.Hour).Format("2006-01-02T15:04:05.000-07:00"))
}

func TestKilledWhilePollingEveryAnswerCountsOnce(t *testing.T) {
	const parcels = 8
	var asked atomic.Int64
	w := newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		time.Sleep(30 * time.Millisecond)
		waiting(rw, r)
	})
	for i := range parcels {
		order := fmt.Sprintf("81900000%08d", i)
		if err := w.inbox.Deliver(letter(number(i), order, "collected by the carrier", time.Now().Add(-2*time.Hour)), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	known := func() int {
		n := 0
		for _, p := range w.list() {
			if p.Status == "ready_for_pickup" {
				n++
			}
		}
		return n
	}
	kills := 0
	for ; kills < 5; kills++ {
		cmd := w.start()
		before := asked.Load()
		w.until("a post is asked or nothing is left to ask", func() bool { return asked.Load() > before || known() == parcels })
		time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
		w.kill(cmd)
	}
	cmd := w.start()
	w.until("every parcel has its answer", func() bool { return known() == parcels })
	w.kill(cmd)
	once(t, w.list(), parcels)
	if n := asked.Load(); n > int64(parcels+kills) {
		t.Errorf("the post was asked %d times about %d parcels over %d kills: an answer on record was asked for again", n, parcels, kills)
	}
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
