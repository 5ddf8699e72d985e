package mqtt_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
)

// counted is a store that counts the parcels that are read whole at once, at most.
type counted struct {
	*sqlite.DB

	most atomic.Int64
}

func (c *counted) ParcelsByID(ctx context.Context, ids []int64) ([]parcel.Parcel, error) {
	c.most.Store(max(c.most.Load(), int64(len(ids))))
	return c.DB.ParcelsByID(ctx, ids)
}

func TestOnlyWhatIsShownIsReadWhole(t *testing.T) {
	t.Parallel()
	const many = 1500
	s := newScripted(t)
	last := map[string]string{}
	s.publish = func(topic, payload string) answer { last[topic] = payload; return answer{} }
	w := newWorld(t, s.Broker)
	at := time.Now().Add(-48 * time.Hour)
	err := w.db.Apply(t.Context(), store.Scope{Now: at}, func(st *store.State) error {
		for i := range many {
			p := followed(number.Number(fmt.Sprintf("LP%014d", i)), parcel.InTransit, "")
			p.FirstSeen, p.Items = at, []parcel.Item{{Title: fmt.Sprintf("Thing %d", i)}}
			if i == many-1 {
				p.Status = parcel.CustomsHold
				p.Sources = []parcel.Source{{Carrier: "upu", Number: p.Number(), Result: parcel.ResultOK, Asked: at, Events: []parcel.Event{
					{Time: at, Status: parcel.CustomsHold, Place: "Leipzig", Text: "Held by customs"},
				}}}
			}
			st.Parcels = append(st.Parcels, &p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	c := &counted{DB: w.db}
	w.store = c
	w.start(t)
	await(t, "the state", func() bool { s.mu.Lock(); defer s.mu.Unlock(); return len(last) >= 7 })
	w.stop()
	if got := c.most.Load(); got == 0 || got > 220 {
		t.Errorf("%d parcels were read whole", got)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var list struct {
		Parcels []struct{ Name string }
		More    int
	}
	decode(t, []byte(last["parcelwatch/home/incoming"]), &list)
	if len(list.Parcels)+list.More != many || len(list.Parcels) >= 100 || list.Parcels[0].Name != fmt.Sprintf("Thing %d", many-1) {
		t.Errorf("%d cards and %d more, first %+v", len(list.Parcels), list.More, list.Parcels[0])
	}
	if got := last[stateTopic]; !strings.Contains(got, fmt.Sprintf(`"incoming":%d,`, many)) || !strings.Contains(got, `"needs_you":"ON"`) {
		t.Errorf("state %s", got)
	}
	if got, want := last["parcelwatch/home/attention"], fmt.Sprintf(`{"about":["Thing %d"]}`, many-1); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
