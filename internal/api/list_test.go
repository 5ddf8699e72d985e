package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
)

// sparing is a store that counts the parcels that a list reads, and must not be asked for all.
type sparing struct {
	*sqlite.DB

	read int
}

func (s *sparing) Parcels(context.Context) ([]parcel.Parcel, error) {
	return nil, fmt.Errorf("all parcels are read: %w", store.ErrDisk)
}

func (s *sparing) FollowedPage(ctx context.Context, page store.Page) ([]parcel.Parcel, error) {
	got, err := s.DB.FollowedPage(ctx, page)
	s.read += len(got)
	return got, err
}

func (s *sparing) EachParcel(ctx context.Context, standing store.Standing, visit func(parcel.Parcel) bool) error {
	return s.DB.EachParcel(ctx, standing, func(p parcel.Parcel) bool { s.read++; return visit(p) })
}

// fill stores parcels of every standing and orders without one, and returns their keys.
func (s *server) fill(t *testing.T, open, delivered, archived, orders int) (keys []string) {
	t.Helper()
	err := s.db.Apply(t.Context(), store.Scope{Now: now}, func(st *store.State) error {
		keys = nil
		for i := range open + delivered + archived {
			p := &parcel.Parcel{FirstSeen: now, Status: parcel.InTransit, StatusSince: now}
			p.AddLink(parcel.Link{Number: number.Number(fmt.Sprintf("LP%014d", i)), Since: now, Certainty: parcel.Certain})
			switch {
			case i >= open+delivered:
				p.Closed = true
			case i >= open:
				p.Status = parcel.Delivered
			}
			st.Parcels = append(st.Parcels, p)
			keys = append(keys, string(p.Number()))
		}
		for i := range orders {
			id := fmt.Sprintf("81900000%08d", i)
			st.Orders = append(st.Orders, &parcel.Order{ID: id, FirstSeen: now, Step: parcel.StepConfirmed, StepAt: now, Closed: i%2 == 1})
			keys = append(keys, id)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// page returns the keys of a page and the address of the next.
func (s *server) page(t *testing.T, path string) (keys []string, next string) {
	t.Helper()
	res, body := s.ask(t, s.read, http.MethodGet, path, "")
	var rows []struct {
		Number string
		Orders []string
	}
	if err := json.Unmarshal([]byte(body), &rows); err != nil {
		t.Fatalf("%s: %d %s", path, res.StatusCode, body)
	}
	for _, row := range rows {
		if row.Number == "" {
			row.Number = row.Orders[0]
		}
		keys = append(keys, row.Number)
	}
	if link, _, more := strings.Cut(strings.TrimPrefix(res.Header.Get("Link"), "<"), ">"); more {
		next = "/api/v1/parcels" + link
	}
	return keys, next
}

func TestEveryRowIsOnOnePage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ open, delivered, archived, orders int }{
		{}, {open: 5}, {delivered: 4}, {archived: 3}, {orders: 5}, {open: 3, orders: 2}, {open: 4, delivered: 1, archived: 2, orders: 3}, {delivered: 3, archived: 3, orders: 1},
	} {
		s := newServer(t)
		want := s.fill(t, c.open, c.delivered, c.archived, c.orders)
		slices.Sort(want)
		for limit := 1; limit <= 6; limit++ {
			path := fmt.Sprintf("/api/v1/parcels?all=true&limit=%d", limit)
			var got []string
			for path != "" {
				var keys []string
				keys, path = s.page(t, path)
				got = append(got, keys...)
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%+v in pages of %d: got %v, want %v", c, limit, got, want)
			}
		}
	}
}

func TestAPageReadsWhatItShows(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.fill(t, 900, 30, 0, 3)
	spare := &sparing{DB: s.db}
	s.api.Store = spare
	for _, path := range []string{"/api/v1/parcels?limit=10", "/api/v1/parcels?all=true&limit=10"} {
		for range 5 {
			spare.read = 0
			_, path = s.page(t, path)
			if spare.read > 12 {
				t.Errorf("%s: %d parcels are read for 10", path, spare.read)
			}
		}
	}
}

func TestACursorOutlivesWhatComesAndGoes(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	keys := s.fill(t, 9, 0, 0, 0)
	_, next := s.page(t, "/api/v1/parcels?limit=3")
	for _, n := range keys[:2] {
		s.ask(t, s.write, http.MethodDelete, "/api/v1/parcels/"+n, "")
	}
	if got, _ := s.page(t, next); !slices.Equal(got, keys[3:6]) {
		t.Errorf("got %v, want %v", got, keys[3:6])
	}
	s.ask(t, s.write, http.MethodDelete, "/api/v1/parcels/"+keys[2], "")
	if res, _ := s.ask(t, s.read, http.MethodGet, next, ""); res.StatusCode != http.StatusGone {
		t.Errorf("a cursor whose row is gone: %d", res.StatusCode)
	}
}
