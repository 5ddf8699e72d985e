package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"parcelwatch/internal/status"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

const maxTitle = 200

// limitOf returns how many rows a query asks for.
func limitOf(q url.Values, usual, most int) (int, error) {
	text := q.Get("limit")
	if text == "" {
		return usual, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, fail(http.StatusBadRequest, "limit is a number from 1 to "+strconv.Itoa(most))
	}
	return n, nil
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

// merge joins the parcel of another number into the parcel.
func (a *API) merge(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Number string `json:"number"`
	}
	n, err := number.Typed(r.PathValue("number"))
	if err != nil {
		return err
	}
	if err := body(r, &in); err != nil {
		return err
	}
	other, err := number.Typed(in.Number)
	if err != nil {
		return err
	}
	p, err := a.Editor.Merge(r.Context(), n, other)
	if err != nil {
		return err
	}
	return a.document(w, r, http.StatusOK, p, n)
}

// split makes the number a parcel of its own.
func (a *API) split(w http.ResponseWriter, r *http.Request) error {
	n, err := number.Typed(r.PathValue("number"))
	if err != nil {
		return err
	}
	p, err := a.Editor.Split(r.Context(), n)
	if err != nil {
		return err
	}
	return a.document(w, r, http.StatusOK, p, n)
}
