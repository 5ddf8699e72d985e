package story_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/all"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
	"parcelwatch/tracker"
)

// delay is how long a post takes to answer; over the network less, since that
// time really passes.
const (
	delay        = 200 * time.Millisecond
	networkDelay = 5 * time.Millisecond
)

// call is one request that a post of the crowd's got.
type call struct {
	at      time.Time
	numbers []string
}

// counter is posts that keep what they are asked, and say of every number that
// it was accepted today.
type counter struct {
	posts

	mu    sync.Mutex
	calls map[string][]call
}

// crowdPosts answers for the three kinds of numbers there are in the crowd.
func crowdPosts(t *testing.T) *counter {
	t.Helper()
	c := &counter{calls: map[string][]call{}}
	c.posts = posts{t: t, now: time.Now, dest: "Russian Federation", asked: map[string][]time.Time{}}
	return c
}

// RoundTrip takes as long as the posts do.
func (c *counter) RoundTrip(r *http.Request) (*http.Response, error) {
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case <-timer.C:
	}
	if r.Body == nil {
		r = r.Clone(r.Context())
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	c.answer(w, r)
	return w.Result(), nil
}

// answer serves any post: by its path, since a local server has one name.
func (c *counter) answer(w http.ResponseWriter, r *http.Request) {
	name := ""
	var numbers []string
	switch {
	case r.URL.Path == "/global/detail.json":
		name, numbers = "cainiao", strings.Split(r.URL.Query().Get("mailNos"), ",")
		var module []object
		for _, n := range numbers {
			module = append(module, object{"mailNo": n, "mailNoSource": "AE", "originCountry": "Mainland China", "destCountry": "Ukraine", "detailList": []object{{
				"actionCode": "PU_PICKUP_SUCCESS", "timeStr": "2026-03-01 10:00:00", "timeZone": "GMT+8", "desc": "Accepted", "standerdDesc": "[Yiwu]Accepted",
			}}})
		}
		c.json(w, object{"module": module, "success": true})
	case strings.HasSuffix(r.URL.Path, "/statuses/with-not-found"):
		name = "ukrposhta"
		c.read(r, func(b []byte) error { return json.Unmarshal(b, &numbers) })
		found := object{}
		for _, n := range numbers {
			found[n] = []object{{"barcode": n, "step": 1, "date": "2026-03-01T10:00:00", "name": "KYIV", "event": 10100, "eventName": "Acceptance", "country": "Ukraine"}}
		}
		c.json(w, object{"found": found, "notFound": []string{}})
	case r.URL.Path == "/rtm34":
		name = "russianpost"
		var body strings.Builder
		c.read(r, func(b []byte) error { body.Write(b); return nil })
		_, rest, _ := strings.Cut(body.String(), "<data:Barcode>")
		n, _, _ := strings.Cut(rest, "</data:Barcode>")
		numbers = []string{n}
		c.write(w, `<S:Envelope xmlns:S="http://www.w3.org/2003/05/soap-envelope"><S:Body><r:getOperationHistoryResponse xmlns:r="r"><OperationHistoryData><historyRecord>`+
			`<ItemParameters><Barcode>%s</Barcode></ItemParameters><OperationParameters><OperType><Id>1</Id><Name>A</Name></OperType><OperAttr><Id>1</Id></OperAttr>`+
			`<OperDate>2026-03-01T10:00:00.000+03:00</OperDate></OperationParameters></historyRecord></OperationHistoryData></r:getOperationHistoryResponse></S:Body></S:Envelope>`, n)
	default:
		http.NotFound(w, r)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls[name] = append(c.calls[name], call{time.Now(), numbers})
}

// crowd is a thousand numbers: of Cainiao's, of Ukrposhta's, of Russian Post's.
func crowd() []number.Number {
	var out []number.Number
	for i := range 650 {
		out = append(out, number.Number(fmt.Sprintf("LP009999%08d", i)))
	}
	for i := range 150 {
		out = append(out, number.Number(fmt.Sprintf("0500%09d", i)))
	}
	for i := range 200 {
		body, sum := fmt.Sprintf("61039903%05d", i), 0
		for at, digit := range body {
			sum += int(digit-'0') * []int{3, 1}[at%2]
		}
		out = append(out, number.Number(fmt.Sprintf("%s%d", body, (10-sum%10)%10)))
	}
	return out
}

// three is the set of the three carriers, asked through a client.
func three(t *testing.T, client *http.Client, endpoint string, info func(carriers.Info) carriers.Info) *carriers.Set {
	t.Helper()
	var factories []carriers.Factory
	options := map[string]carriers.Options{}
	for _, f := range all.Factories() {
		settings := map[string]map[string]string{
			"cainiao": {}, "ukrposhta": {"token": secret}, "russianpost": {"login": "someone", "password": secret},
		}[f.Info.Name]
		if settings == nil {
			continue
		}
		own := f.New
		f.New = func(cfg carriers.Config) (carriers.Carrier, error) {
			cfg.HTTP = client
			c, err := own(cfg)
			return limited{c, info}, err
		}
		factories, options[f.Info.Name] = append(factories, f), carriers.Options{Endpoint: endpoint, Settings: settings}
	}
	set, err := carriers.NewSet(factories, options)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// limited is a carrier with limits of the test's.
type limited struct {
	carriers.Carrier

	info func(carriers.Info) carriers.Info
}

func (l limited) Info() carriers.Info { return l.info(l.Carrier.Info()) }

// poll stores the crowd, all of it due, and asks until everybody has been asked
// about or the time is over. step is called between two looks.
func poll(t *testing.T, db *sqlite.DB, set *carriers.Set, step func(done int) bool) {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	cfg := tracker.Config{Home: "UA", Log: log, Engine: tracker.NewEngine(set, "UA", db, time.Now, log)}
	err := db.Apply(t.Context(), store.Scope{Now: time.Now()}, func(s *store.State) error {
		for _, n := range crowd() {
			p := &parcel.Parcel{FirstSeen: time.Now(), NextCheck: time.Now()}
			p.AddLink(parcel.Link{Number: n, Since: time.Now(), Reason: "mail", Certainty: parcel.Certain})
			s.Parcels = append(s.Parcels, p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- tracker.New(cfg, db).Run(ctx) }()
	for again := true; again; {
		parcels, err := db.Parcels(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		done := 0
		for _, p := range parcels {
			if slices.ContainsFunc(p.Sources, func(s parcel.Source) bool { return len(s.Events) > 0 }) {
				done++
			}
		}
		again = step(done)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("run ended with %v", err)
	}
}

// heap is what lives in memory.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestAThousandDueParcelsKeepEveryLimit lets the days pass that the posts' own
// limits ask for.
func TestAThousandDueParcelsKeepEveryLimit(t *testing.T) {
	if raced {
		t.Skip("too slow with the race detector")
	}
	file := filepath.Join(t.TempDir(), "crowd.db")
	synctest.Test(t, func(t *testing.T) {
		db, err := sqlite.Open(t.Context(), file, sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		c := crowdPosts(t)
		set := three(t, &http.Client{Transport: c, Timeout: 45 * time.Second}, "", func(i carriers.Info) carriers.Info { return i })
		began, done, grown := time.Now(), 0, []int64{}
		poll(t, db, set, func(n int) bool {
			done = n
			if n == len(crowd()) || time.Since(began) > 5*24*time.Hour {
				return false
			}
			time.Sleep(12 * time.Hour)
			grown = append(grown, heap())
			return true
		})
		if done != len(crowd()) {
			t.Errorf("%d of %d parcels have an answer after five days", done, len(crowd()))
		}
		t.Logf("%d parcels known after %s; live heap every 12 h: %d KB", done, time.Since(began), kilobytes(grown))
		if n := len(grown); n > 1 && grown[n-1]-grown[0] > 8<<20 {
			t.Errorf("memory grows from %d to %d KB", grown[0]>>10, grown[n-1]>>10)
		}
		for _, m := range set.Members() {
			c.holds(t, m.Info)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
}

func kilobytes(list []int64) []int64 {
	out := slices.Clone(list)
	for i := range out {
		out[i] >>= 10
	}
	return out
}

// holds checks a post's calls against what it allows: size, distance, count a
// day, and how soon a number is asked for again.
func (c *counter) holds(t *testing.T, info carriers.Info) {
	t.Helper()
	calls := c.calls[info.Name]
	t.Logf("%s: %d calls", info.Name, len(calls))
	if len(calls) == 0 {
		t.Errorf("%s is never asked", info.Name)
	}
	day, days := info.Day, map[string]int{}
	if day == nil {
		day = time.UTC
	}
	last := map[string]time.Time{}
	for i, one := range calls {
		days[one.at.In(day).Format(time.DateOnly)]++
		if len(one.numbers) > info.Batch {
			t.Errorf("%s: %d numbers in a call, where %d are allowed", info.Name, len(one.numbers), info.Batch)
		}
		if i > 0 && one.at.Sub(calls[i-1].at) < info.Interval {
			t.Errorf("%s: call %d comes %s after the one before it, where %s are due", info.Name, i, one.at.Sub(calls[i-1].at), info.Interval)
		}
		for _, n := range one.numbers {
			if before, ok := last[n]; ok && one.at.Sub(before) < info.PerNumber-time.Minute {
				t.Errorf("%s: %s is asked for again after %s", info.Name, n, one.at.Sub(before))
			}
			last[n] = one.at
		}
	}
	for date, n := range days {
		if info.Budget > 0 && n > info.Budget {
			t.Errorf("%s: %d calls on %s, where %d are allowed", info.Name, n, date, info.Budget)
		}
	}
}

// TestAThousandDueParcelsOverTheNetwork asks real servers on this machine, with
// limits that a test can wait for.
func TestAThousandDueParcelsOverTheNetwork(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "crowd.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := crowdPosts(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		timer := time.NewTimer(networkDelay)
		defer timer.Stop()
		select {
		case <-r.Context().Done():
		case <-timer.C:
			c.answer(w, r)
		}
	}))
	defer server.Close()
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DialContext: (&net.Dialer{}).DialContext, MaxConnsPerHost: 8}}
	set := three(t, client, server.URL, func(i carriers.Info) carriers.Info {
		i.Interval = 5 * time.Millisecond
		i.Budget *= 10 // how much of a day's budget may be spent depends on the hour
		return i
	})
	before, began, done, want := heap(), time.Now(), 0, len(crowd())
	poll(t, db, set, func(n int) bool {
		done = n
		if n >= want || time.Since(began) > 5*time.Minute {
			return false
		}
		timer := time.NewTimer(200 * time.Millisecond)
		defer timer.Stop()
		<-timer.C
		return true
	})
	client.CloseIdleConnections()
	after := heap()
	t.Logf("%d parcels known after %s; live heap %d KB, then %d KB", done, time.Since(began).Round(time.Millisecond), before>>10, after>>10)
	if done != want {
		t.Errorf("%d parcels have an answer, want %d", done, want)
	}
	if after-before > 16<<20 {
		t.Errorf("memory has grown by %d KB", (after-before)>>10)
	}
	for _, m := range set.Members() {
		info := m.Info
		info.Budget *= 10
		info.Interval = 0 // the network's own delays blur it
		c.holds(t, info)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}
