package api

import (
	"net/http"
	"slices"

	"parcelwatch/notify"
)

func (a *API) status(w http.ResponseWriter, r *http.Request) error {
	d, err := a.Source(a.Now()).Status(r.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, r, http.StatusOK, d)
}

func (a *API) carriers(w http.ResponseWriter, r *http.Request) error {
	d, err := a.Source(a.Now()).Describe(r.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, r, http.StatusOK, d)
}

// calendar answers the days of the parcels of a digest, the first unless one is named.
func (a *API) calendar(w http.ResponseWriter, r *http.Request) error {
	var audience notify.Audience
	if len(a.Audiences) > 0 {
		audience = a.Audiences[0]
	}
	if name := r.URL.Query().Get("digest"); name != "" {
		at := slices.IndexFunc(a.Audiences, func(one notify.Audience) bool { return one.Name == name })
		if at < 0 {
			return fail(http.StatusNotFound, "no [[digest]] has this name")
		}
		audience = a.Audiences[at]
	}
	parcels, err := a.Store.FollowedParcels(r.Context(), nil)
	if err != nil {
		return err
	}
	text, err := notify.Feed(audience, parcels, a.Protection, a.Now())
	if err != nil {
		return err
	}
	writeBody(w, r, http.StatusOK, "text/calendar; charset=utf-8", []byte(text))
	return nil
}
