package api

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"parcelwatch/internal/status"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

const (
	pageSize = 100
	maxPage  = 1000
	maxTitle = 200
)

// list answers a page of the rows of the command list. The header Link names the next.
func (a *API) list(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	limit := pageSize
	if text := q.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxPage {
			return fail(http.StatusBadRequest, "limit is a number from 1 to 1000")
		}
		limit = n
	}
	all, err := flag(q, "all")
	if err != nil {
		return err
	}
	rows, err := status.List(r.Context(), a.Store, all, a.Now())
	if err != nil {
		return err
	}
	if rows, err = after(rows, q.Get("cursor")); err != nil {
		return err
	}
	if len(rows) > limit {
		next := url.Values{"cursor": {base64.RawURLEncoding.EncodeToString([]byte(keyOf(rows[limit-1])))}, "limit": {strconv.Itoa(limit)}}
		if all {
			next.Set("all", "true")
		}
		w.Header().Set("Link", `<?`+next.Encode()+`>; rel="next"`)
		rows = rows[:limit]
	}
	return writeJSON(w, r, http.StatusOK, rows)
}

// keyOf identifies a row: a parcel by its first number, which it keeps.
func keyOf(row status.Row) string {
	if len(row.Numbers) > 0 {
		return string(row.Numbers[0])
	}
	return "order/" + cmp.Or(slices.Concat(row.Orders, []string{""})...)
}

// after returns the rows behind the one that the cursor names.
func after(rows []status.Row, cursor string) ([]status.Row, error) {
	if cursor == "" {
		return rows, nil
	}
	key, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, fail(http.StatusBadRequest, "the cursor is not one of this program")
	}
	at := slices.IndexFunc(rows, func(row status.Row) bool { return keyOf(row) == string(key) })
	if at < 0 {
		return nil, fail(http.StatusGone, "the row of the cursor is gone; start again without one")
	}
	return rows[at+1:], nil
}

func flag(q url.Values, name string) (bool, error) {
	switch q.Get(name) {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	}
	return false, fail(http.StatusBadRequest, name+" is true or false")
}

// document answers a parcel as the command show does.
func (a *API) document(w http.ResponseWriter, r *http.Request, code int, p parcel.Parcel, n number.Number) error {
	return writeJSON(w, r, code, status.Document(p, n, status.Answers(p), a.Now()))
}

func (a *API) show(w http.ResponseWriter, r *http.Request) error {
	n, err := number.Typed(r.PathValue("number"))
	if err != nil {
		return err
	}
	p, err := a.Store.ParcelByNumber(r.Context(), n)
	if err != nil {
		return err
	}
	return a.document(w, r, http.StatusOK, p, n)
}

// body reads the request strictly.
func body(r *http.Request, into any) error {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		_, err = d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
	}
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return err
	}
	return fail(http.StatusBadRequest, "the body is not the JSON object that is expected")
}

func (a *API) add(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Number string `json:"number"`
		Title  string `json:"title"`
	}
	if err := body(r, &in); err != nil {
		return err
	}
	n, err := number.Typed(in.Number)
	if err != nil {
		return err
	}
	p, err := a.Editor.Add(r.Context(), n, textx.Line(in.Title, maxTitle))
	if err != nil {
		return err
	}
	w.Header().Set("Location", "parcels/"+url.PathEscape(string(n)))
	return a.document(w, r, http.StatusCreated, p, n)
}

func (a *API) edit(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Title *string `json:"title"`
		Muted *bool   `json:"muted"`
		Done  *bool   `json:"done"`
	}
	n, err := number.Typed(r.PathValue("number"))
	if err != nil {
		return err
	}
	if err := body(r, &in); err != nil {
		return err
	}
	p, err := a.Editor.Edit(r.Context(), n, func(p *parcel.Parcel) {
		if in.Title != nil {
			p.Title = textx.Line(*in.Title, maxTitle)
		}
		if in.Muted != nil {
			p.Muted = *in.Muted
		}
		if in.Done != nil {
			p.Closed = *in.Done
		}
	})
	if err != nil {
		return err
	}
	return a.document(w, r, http.StatusOK, p, n)
}

func (a *API) forget(w http.ResponseWriter, r *http.Request) error {
	n, err := number.Typed(r.PathValue("number"))
	if err != nil {
		return err
	}
	purge, err := flag(r.URL.Query(), "purge")
	if err != nil {
		return err
	}
	if err := a.Editor.Forget(r.Context(), n, purge); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// check makes a parcel due at once, within the budgets of the carriers.
func (a *API) check(w http.ResponseWriter, r *http.Request) error {
	n, err := number.Typed(r.PathValue("number"))
	if err != nil {
		return err
	}
	p, err := a.Store.ParcelByNumber(r.Context(), n)
	if err != nil {
		return err
	}
	if err := a.Editor.CheckNow(r.Context(), []int64{p.ID}); err != nil {
		return err
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}
