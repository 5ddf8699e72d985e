package api

import (
	"net/http"
	"time"

	"parcelwatch/internal/status"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

const (
	recentChanges = 50
	maxChanges    = 500
)

// change is a change as other programs read it. Health is not among them: the status has it.
type change struct {
	ID     int64             `json:"id"`
	Kind   parcel.ChangeKind `json:"kind"`
	At     time.Time         `json:"at"`
	Number number.Number     `json:"number,omitempty"` // of the parcel
	Order  string            `json:"order,omitempty"`
	Title  string            `json:"title,omitempty"`
	From   parcel.Status     `json:"from,omitempty"`
	To     parcel.Status     `json:"to,omitempty"`
	Old    string            `json:"old,omitempty"` // the earlier number or day
	New    string            `json:"new,omitempty"` // a number, a step of an order, or the day on which pickup or protection ends
	Place  string            `json:"place,omitempty"`
}

// changes answers the newest changes of parcels and orders, the newest first.
func (a *API) changes(w http.ResponseWriter, r *http.Request) error {
	limit, err := limitOf(r.URL.Query(), recentChanges, maxChanges)
	if err != nil {
		return err
	}
	found, err := a.Store.RecentChanges(r.Context(), limit)
	if err != nil {
		return err
	}
	var ids []int64
	for _, ch := range found {
		ids = append(ids, ch.Parcel)
	}
	parcels, err := a.Store.ParcelsByID(r.Context(), ids)
	if err != nil {
		return err
	}
	about := make(map[int64]parcel.Parcel, len(parcels))
	for _, p := range parcels {
		about[p.ID] = p
	}
	out := []change{}
	for _, ch := range found {
		p, known := about[ch.Parcel]
		if !known && ch.Order == "" {
			continue
		}
		out = append(out, change{
			ID: ch.ID, Kind: ch.Kind, At: ch.At, Number: p.Number(), Order: ch.Order, Title: status.Title(p.Title, p.Items),
			From: ch.From, To: ch.To, Old: ch.Old, New: ch.New, Place: ch.Event.Place,
		})
	}
	return writeJSON(w, r, http.StatusOK, out)
}
