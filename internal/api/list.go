package api

import (
	"cmp"
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parcelwatch/internal/ordered"
	"parcelwatch/internal/status"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

const (
	pageSize = 100
	maxPage  = 1000
)

// list answers a page of the rows of the command list. The header Link names the next.
func (a *API) list(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	limit, err := limitOf(q, pageSize, maxPage)
	if err != nil {
		return err
	}
	all, err := flag(q, "all")
	if err != nil {
		return err
	}
	after, err := a.after(r.Context(), all, q.Get("cursor"))
	if err != nil {
		return err
	}
	rows, err := a.rows(r.Context(), all, after, limit+1)
	if err != nil {
		return err
	}
	if len(rows) > limit {
		rows = rows[:limit]
		next := url.Values{"cursor": {cursorOf(after+limit, rows[limit-1])}, "limit": {strconv.Itoa(limit)}}
		if all {
			next.Set("all", "true")
		}
		w.Header().Set("Link", `<?`+next.Encode()+`>; rel="next"`)
	}
	return writeJSON(w, r, http.StatusOK, rows)
}

// rows returns at most size rows behind the first ones: followed parcels, with all the
// delivered and the archived ones, then orders without a parcel.
func (a *API) rows(ctx context.Context, all bool, after, size int) ([]status.Row, error) {
	now := a.Now()
	n, err := a.Store.Following(ctx)
	if err != nil {
		return nil, err
	}
	rows := []status.Row{}
	if after < n {
		page, err := a.Store.FollowedPage(ctx, store.Page{After: after, Size: size})
		if err != nil {
			return nil, err
		}
		for _, p := range page {
			rows = append(rows, status.ParcelRow(p, now))
		}
	}
	skip := max(0, after-n)
	for _, standing := range []store.Standing{store.Delivered, store.Archived} {
		if !all || len(rows) == size {
			break
		}
		err := a.Store.EachParcel(ctx, standing, func(p parcel.Parcel) bool {
			if skip > 0 {
				skip--
				return true
			}
			rows = append(rows, status.ParcelRow(p, now))
			return len(rows) < size
		})
		if err != nil {
			return nil, err
		}
	}
	if len(rows) == size {
		return rows, nil
	}
	orders, err := a.orders(ctx, all)
	if err != nil {
		return nil, err
	}
	for _, o := range orders[min(skip, len(orders)):] {
		if len(rows) == size {
			break
		}
		rows = append(rows, status.OrderRow(o, now))
	}
	return rows, nil
}

// orders returns the orders that no parcel carries, of which news is expected or all.
func (a *API) orders(ctx context.Context, all bool) ([]parcel.Order, error) {
	orders, err := a.Store.FollowedOrders(ctx, nil)
	if err != nil {
		return nil, err
	}
	if !all {
		now := a.Now()
		return slices.DeleteFunc(orders, func(o parcel.Order) bool { return o.State(now) == parcel.OrderAbandoned }), nil
	}
	err = a.Store.Ended(ctx, func(*parcel.Parcel) {}, func(o *parcel.Order) { orders = append(orders, *o) })
	ordered.Sort(orders, func(x, y parcel.Order) int {
		return cmp.Or(x.FirstSeen.Compare(y.FirstSeen), cmp.Compare(x.ID, y.ID))
	})
	return orders, err
}

// keyOf identifies a row: a parcel by its first number, which it keeps.
func keyOf(row status.Row) string {
	if len(row.Numbers) > 0 {
		return string(row.Numbers[0])
	}
	return "order/" + cmp.Or(slices.Concat(row.Orders, []string{""})...)
}

// cursorOf names the row at which a page ended: where it was and which one it is.
func cursorOf(rows int, last status.Row) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(rows) + " " + keyOf(last)))
}

// after returns how many rows stand before the page of a cursor. If rows came or went
// before it, the row that it names is searched.
func (a *API) after(ctx context.Context, all bool, cursor string) (int, error) {
	if cursor == "" {
		return 0, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return 0, fail(http.StatusBadRequest, "the cursor is not one of this program")
	}
	place, key, _ := strings.Cut(string(text), " ")
	if at, err := strconv.Atoi(place); err == nil && at > 0 {
		rows, err := a.rows(ctx, all, at-1, 1)
		if err != nil {
			return 0, err
		}
		if len(rows) == 1 && keyOf(rows[0]) == key {
			return at, nil
		}
	}
	for at := 0; ; at += maxPage {
		rows, err := a.rows(ctx, all, at, maxPage)
		if err != nil {
			return 0, err
		}
		if i := slices.IndexFunc(rows, func(row status.Row) bool { return keyOf(row) == key }); i >= 0 {
			return at + i + 1, nil
		}
		if len(rows) < maxPage {
			return 0, fail(http.StatusGone, "the row of the cursor is gone; start again without one")
		}
	}
}
