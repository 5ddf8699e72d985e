package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/message"
	"parcelwatch/internal/status"
	"parcelwatch/internal/textx"
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
}

// mail is an email that was not understood.
type mail struct{ When, Subject, Why, Place string }

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
	var b doubtful
	for _, m := range doc.NotUnderstood {
		b.Mails = append(b.Mails, mail{
			When: s.moment(m.At, say), Subject: textx.Line(m.Subject, maxText), Why: say.Capital(textx.Line(say.Texts(m.Texts), maxText)), Place: textx.Line(m.Mail, maxText),
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
	return say.Capital(textx.Line(say.Either(english, t), maxText))
}

func (s *Server) mailbox(m status.Mailbox, say *locale.Printer) part {
	p := part{
		Name: textx.Line(m.Name+" / "+m.Folder, maxText), State: say.MailboxState(m.State), Why: said(m.Error, m.Fault, say),
		Bad: m.State == parcel.MailboxBroken || m.State == parcel.MailboxRefused,
	}
	p.add(say.T("web_last_mail"), s.moment(m.LastMail, say))
	p.add(say.T("web_last_check"), s.moment(m.LastCheck, say))
	return p
}

func (s *Server) carrier(c status.CarrierStatus, say *locale.Printer) part {
	p := part{
		Name: say.Carrier(c.Name), State: say.CarrierState(c.State), Why: said(c.Error, c.Fault, say),
		Bad: c.State == parcel.CarrierQuarantined || c.State == parcel.CarrierChanged,
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
			c.Title = say.T("item_order", "Order", textx.Line(ch.Order, maxText))
		}
		if c.What = cmp.Or(c.What, say.Capital(say.Status(ch.To))); c.Title != "" && c.What != "" {
			out = append(out, c)
		}
	}
	return out, nil
}
