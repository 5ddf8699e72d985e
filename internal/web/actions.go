package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/tracker"
)

// Tracker changes parcels and orders.
type Tracker interface { //nolint:interfacebloat // one method for each action of a page
	Add(ctx context.Context, n number.Number, title string) (parcel.Parcel, error)
	Edit(ctx context.Context, n number.Number, edit func(*parcel.Parcel)) (parcel.Parcel, error)
	CheckNow(ctx context.Context, ids []int64) error
	CloseOrder(ctx context.Context, id string, closed bool) error
	Forget(ctx context.Context, n number.Number, purge bool) error
	ForgetAll(ctx context.Context, which store.Selection, purge bool) (int, error)
	Merge(ctx context.Context, a, b number.Number) (parcel.Parcel, error)
	Split(ctx context.Context, n number.Number) (parcel.Parcel, error)
	Separate(ctx context.Context, a, b number.Number) error
}

const maxTitle = 200 // characters, as for the commands

// saved returns the notice after an action.
func saved(r *http.Request, say *locale.Printer) string {
	id := map[string]string{"saved": "web_saved", "asked": "web_asked", "forgotten": "web_forgotten"}[r.URL.Query().Get("did")]
	if id == "" {
		return ""
	}
	return say.T(id)
}

// act answers a form of a parcel's page.
func (s *Server) act(w http.ResponseWriter, r *http.Request) {
	n, ok := numberOf(r)
	if !ok {
		s.message(w, r, http.StatusNotFound, "web_unknown")
		return
	}
	if !s.form(w, r) {
		return
	}
	to, err := s.change(r, n)
	if err != nil {
		s.refuseAction(w, r, n, err)
		return
	}
	goTo(w, r, to)
}

// errAction is an action that does not exist.
var errAction = errors.New("no such action")

// change does what a form asks for and returns the page to show next.
func (s *Server) change(r *http.Request, n number.Number) (to string, err error) {
	ctx, t := r.Context(), s.Tracker
	edit := func(change func(*parcel.Parcel)) error {
		_, err := t.Edit(ctx, n, change)
		return err
	}
	to = pathOf(n) + "?did=saved"
	switch r.PathValue("action") {
	case "check":
		return pathOf(n) + "?did=asked", s.checkNow(ctx, n)
	case "rename":
		title := textx.Line(r.PostForm.Get("title"), maxTitle)
		return to, edit(func(p *parcel.Parcel) { p.Title = title })
	case "mute", "unmute":
		return to, edit(func(p *parcel.Parcel) { p.Muted = r.PathValue("action") == "mute" })
	case "done", "reopen":
		return to, edit(func(p *parcel.Parcel) { p.Closed = r.PathValue("action") == "done" })
	case "forget":
		return "/?did=forgotten", t.Forget(ctx, n, false)
	case "split":
		_, err = t.Split(ctx, n)
		return to, err
	case "merge", "separate":
		other, err := number.Typed(r.PostForm.Get("number"))
		if err != nil {
			return "", err
		}
		if r.PathValue("action") == "separate" {
			return to, t.Separate(ctx, n, other)
		}
		_, err = t.Merge(ctx, n, other)
		return to, err
	default:
		return "", errAction
	}
}

// askAgain is how long after a call a visitor may have carriers asked again.
const askAgain = 10 * time.Minute

// errJustAsked is a request to ask carriers that were asked a moment ago.
var errJustAsked = errors.New("carriers were asked a moment ago")

// checkNow makes the carriers of a parcel be asked at once, within their pace and budgets.
func (s *Server) checkNow(ctx context.Context, n number.Number) error {
	p, err := s.Store.ParcelByNumber(ctx, n)
	if err != nil {
		return err
	}
	for _, source := range p.Sources {
		if !source.Asked.IsZero() && s.Now().Sub(source.Asked).Abs() < askAgain {
			return errJustAsked
		}
	}
	return s.Tracker.CheckNow(ctx, []int64{p.ID})
}

// refuseAction answers a form that cannot be carried out, on the page of its parcel.
func (s *Server) refuseAction(w http.ResponseWriter, r *http.Request, n number.Number, err error) {
	var id string
	code := http.StatusUnprocessableEntity
	switch {
	case errors.Is(err, errAction):
		s.message(w, r, http.StatusNotFound, "web_no_page")
		return
	case errors.Is(err, number.ErrInvalid):
		id = "web_bad_number"
	case errors.Is(err, parcel.ErrNotFound):
		id, code = "web_unknown", http.StatusNotFound
	case errors.Is(err, tracker.ErrSameParcel):
		id = "web_same_already"
	case errors.Is(err, tracker.ErrOnlyNumber):
		id = "web_only_number"
	case errors.Is(err, errJustAsked):
		id = "web_just_asked"
	default:
		s.fail(w, r, "change a parcel", err)
		return
	}
	p, err := s.Store.ParcelByNumber(r.Context(), n)
	if err != nil {
		s.message(w, r, code, id)
		return
	}
	s.renderParcel(w, r, p, outcome{code, s.say(r).T(id)})
}

// actOrder answers a form of an order's page.
func (s *Server) actOrder(w http.ResponseWriter, r *http.Request) {
	var to string
	var err error
	id := r.PathValue("id")
	switch r.PathValue("action") {
	case "done", "reopen":
		to, err = "/order/"+url.PathEscape(id)+"?did=saved", s.Tracker.CloseOrder(r.Context(), id, r.PathValue("action") == "done")
	case "forget":
		to = "/?did=forgotten"
		_, err = s.Tracker.ForgetAll(r.Context(), store.Selection{Order: id}, false)
	default:
		s.message(w, r, http.StatusNotFound, "web_no_page")
		return
	}
	switch {
	case errors.Is(err, parcel.ErrNotFound):
		s.message(w, r, http.StatusNotFound, "web_unknown")
	case err != nil:
		s.fail(w, r, "change an order", err)
	default:
		goTo(w, r, to)
	}
}

// adding is the body of the page that adds a number.
type adding struct{ Number, Title string }

func (s *Server) showAdd(w http.ResponseWriter, r *http.Request) {
	s.renderAdd(w, r, http.StatusOK, "", adding{})
}

func (s *Server) renderAdd(w http.ResponseWriter, r *http.Request, code int, notice string, b adding) {
	s.render(w, r, code, "add.html", page{Title: s.say(r).T("web_add"), Nav: "add", Notice: notice, Wrong: notice != "", Body: b})
}

func (s *Server) add(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	b := adding{Number: textx.Line(r.PostForm.Get("number"), 300), Title: textx.Line(r.PostForm.Get("title"), maxTitle)}
	n, err := number.Typed(r.PostForm.Get("number"))
	say := s.say(r)
	switch {
	case err != nil:
		s.renderAdd(w, r, http.StatusUnprocessableEntity, say.T("web_bad_number"), b)
		return
	case n.CheckIn(s.Settings.Destination) == number.CheckWrong && r.PostForm.Get("sure") != string(n):
		s.render(w, r, http.StatusUnprocessableEntity, "sure.html", page{
			Title: say.T("web_add"), Nav: "add", Notice: say.T("web_check_digit", "Number", string(n)), Wrong: true, Body: adding{string(n), b.Title},
		})
		return
	}
	if _, err := s.Tracker.Add(r.Context(), n, b.Title); err != nil {
		s.fail(w, r, "add a number", err)
		return
	}
	goTo(w, r, pathOf(n)+"?did=saved")
}
