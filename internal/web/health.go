package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/message"
	"parcelwatch/internal/status"
	"parcelwatch/internal/textx"
	"parcelwatch/internal/token"
	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

const recentChanges = 15

// doubtful is the body of the page of what is not clear.
type doubtful struct {
	Mails []mail
	Pairs []pair
	Copy  bool // mails can be copied
}

// mail is an email that was not understood.
type mail struct {
	When, Subject, Why, Place string

	Ref string // a hash, because the name of a mailbox may be an address
}

// pair is a parcel that may be the same as another.
type pair struct {
	Title, Path string
	A, B        number.Number
}

func (s *Server) showDoubtful(w http.ResponseWriter, r *http.Request) {
	say, l := s.say(r), s.list(r)
	doc, err := s.Status(r.Context())
	if err != nil {
		s.fail(w, r, "read the health", err)
		return
	}
	b := doubtful{Copy: s.Redacted != nil}
	for _, m := range doc.NotUnderstood {
		b.Mails = append(b.Mails, mail{
			When: s.moment(m.At, say), Subject: textx.Line(m.Subject, maxText), Why: say.Capital(textx.Line(say.Texts(m.Texts), maxText)), Place: textx.Line(m.Mail, maxText),
			Ref: token.Hash(m.Mail),
		})
	}
	err = s.Store.EachParcel(r.Context(), store.Open, func(p parcel.Parcel) bool {
		for _, k := range p.Maybe {
			b.Pairs = append(b.Pairs, pair{l.Parcel(&p).Title, pathOf(p.Number()), p.Number(), k.Number})
		}
		return len(b.Pairs) < perPage
	})
	if err != nil {
		s.fail(w, r, "list parcels", err)
		return
	}
	s.render(w, r, http.StatusOK, "doubtful.html", page{Title: say.T("web_doubtful"), Nav: "doubtful", Notice: saved(r, say), Body: b})
}

// copyTime is how long reading one mail may take, so that an error is still answered.
const copyTime = slowAnswer - 10*time.Second

// copyMail answers with a copy of a mail that was not understood, without personal data.
func (s *Server) copyMail(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), copyTime)
	defer cancel()
	text, err := s.redacted(ctx, r.PostForm.Get("mail"))
	switch {
	case errors.Is(err, ErrNoMail):
		s.message(w, r, http.StatusNotFound, "web_mail_gone")
	case err != nil:
		s.Log.WarnContext(r.Context(), "mail cannot be copied", "err", err.Error())
		s.message(w, r, http.StatusBadGateway, "web_mail_failed")
	default:
		w.Header().Set("Content-Type", "message/rfc822")
		w.Header().Set("Content-Disposition", `attachment; filename="redacted.eml"`)
		_, _ = w.Write(text)
	}
}

// redacted returns the copy of one of the mails that the page shows. It reads one mail at a
// time, because each takes a connection and up to 4 MB.
func (s *Server) redacted(ctx context.Context, ref string) ([]byte, error) {
	doc, err := s.Status(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(doc.NotUnderstood, func(m status.NotUnderstood) bool { return token.Hash(m.Mail) == ref })
	if i < 0 || s.Redacted == nil {
		return nil, ErrNoMail
	}
	select {
	case s.copying <- struct{}{}:
		defer func() { <-s.copying }()
		return s.Redacted(ctx, doc.NotUnderstood[i])
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// health is the body of the page of what works.
type health struct {
	Running   string
	Mailboxes []part
	Carriers  []part
	Outbox    part
	Last      string
	Next      string
	Changes   []change
}

// part is something that works or does not.
type part struct {
	Name, State, Why string
	Bad              bool
	Idle             bool // not in use, which is no failure
	Facts            []fact
}

// fact is a value with its name.
type fact struct{ Name, Value string }

// change is a recent change.
type change struct{ When, What, Title, Path string }

func (s *Server) showHealth(w http.ResponseWriter, r *http.Request) {
	doc, err := s.Status(r.Context())
	if err != nil {
		s.fail(w, r, "read the health", err)
		return
	}
	say := s.say(r)
	b := health{Last: s.moment(doc.LastDigest, say), Next: s.moment(doc.NextDigest, say), Running: s.moment(doc.Since, say)}
	for _, m := range doc.Mailboxes {
		b.Mailboxes = append(b.Mailboxes, s.mailbox(m, say))
	}
	for _, c := range doc.Carriers {
		if c.State != parcel.CarrierOff {
			b.Carriers = append(b.Carriers, s.carrier(c, say))
		}
	}
	b.Outbox = part{
		Name: say.Capital(say.T("trouble_outbox")), State: say.T("web_waiting", "N", doc.Outbox.Waiting),
		Bad: doc.Outbox.Error != "", Why: said(doc.Outbox.Error, doc.Outbox.Fault, say),
	}
	if b.Changes, err = s.changes(r.Context(), s.list(r), say); err != nil {
		s.fail(w, r, "list changes", err)
		return
	}
	s.render(w, r, http.StatusOK, "health.html", page{Title: say.T("web_health"), Nav: "health", Body: b})
}

// moment renders a time in the configured zone; "" for none.
func (s *Server) moment(t *time.Time, say *locale.Printer) string {
	if t == nil {
		return ""
	}
	return say.DateTime(t.In(s.Settings.Timezone.Location()))
}

// said returns what is wrong in words.
func said(english string, t message.Text, say *locale.Printer) string {
	text := textx.Line(say.Either(english, t), maxText)
	if first, _, _ := strings.Cut(text, " "); strings.Contains(strings.TrimRight(first, ".:,"), ".") {
		return text // begins with the name of a machine
	}
	return say.Capital(text)
}

func (s *Server) mailbox(m status.Mailbox, say *locale.Printer) part {
	p := part{
		Name: textx.Line(m.Name+" / "+m.Folder, maxText), State: say.MailboxState(m.State), Why: said(m.Error, m.Fault, say),
		Bad: m.State.Failing(),
	}
	p.add(say.T("web_last_mail"), s.moment(m.LastMail, say))
	p.add(say.T("web_last_check"), s.moment(m.LastCheck, say))
	return p
}

func (s *Server) carrier(c status.CarrierStatus, say *locale.Printer) part {
	p := part{
		Name: say.Carrier(c.Name), State: say.CarrierState(c.State), Bad: c.Failing(), Idle: c.State == parcel.CarrierNoCredential,
	}
	switch {
	case c.State == parcel.CarrierThrottled: // it works
		p.Bad, p.Idle = false, true
		if c.Until != nil {
			p.Why = say.Capital(say.T("asked_again", "When", s.moment(c.Until, say)))
		}
	case p.Bad: // the last error is kept after it is over
		p.Why = said(c.Error, c.Fault, say)
	}
	used := strconv.Itoa(c.Today)
	if c.Budget > 0 {
		used += " / " + strconv.Itoa(c.Budget)
	}
	p.add(say.T("web_budget"), used)
	p.add(say.T("web_last_answer"), s.moment(c.LastEvents, say))
	return p
}

func (p *part) add(name, value string) {
	if value != "" {
		p.Facts = append(p.Facts, fact{name, value})
	}
}

// orderOf returns the title of an order and its path, which is empty if the order is gone.
func (s *Server) orderOf(ctx context.Context, id string, l notify.List, say *locale.Printer) (title, path string, err error) {
	o, _, err := s.Store.Order(ctx, id)
	switch {
	case errors.Is(err, parcel.ErrNotFound):
		return say.T("item_order", "Order", textx.Line(id, maxText)), "", nil
	case err != nil:
		return "", "", err
	}
	c := orderCard(&o, l)
	return c.Title, c.Path, nil
}

// changes returns the recent changes with the parcels that they are about.
func (s *Server) changes(ctx context.Context, l notify.List, say *locale.Printer) ([]change, error) {
	found, err := s.Store.RecentChanges(ctx, recentChanges)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, ch := range found {
		ids = append(ids, ch.Parcel)
	}
	about, err := s.Store.ParcelsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []change
	for _, ch := range found {
		c := change{When: s.moment(&ch.At, say), What: l.Change(ch)}
		if i := slices.IndexFunc(about, func(p parcel.Parcel) bool { return p.ID == ch.Parcel }); i >= 0 {
			c.Title, c.Path = l.Parcel(&about[i]).Title, pathOf(about[i].Number())
		} else if ch.Order != "" {
			if c.Title, c.Path, err = s.orderOf(ctx, ch.Order, l, say); err != nil {
				return nil, err
			}
		}
		if c.What = cmp.Or(c.What, say.Capital(say.Status(ch.To))); c.Title != "" && c.What != "" {
			out = append(out, c)
		}
	}
	return out, nil
}
