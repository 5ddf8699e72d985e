package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"parcelwatch/internal/status"
	"parcelwatch/internal/textx"
	"parcelwatch/internal/web"
	"parcelwatch/mailwatch"
	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/tracker"
)

// openPage makes the page of the household at home, below which the others have theirs.
func (l *life) openPage() (err error) {
	if l.cfg.Web.Listen == "" {
		return nil
	}
	if l.page, err = l.home.page(); err != nil {
		return err
	}
	l.page.HandleOpen("/household/{household}/", http.HandlerFunc(l.guests))
	return nil
}

// guests serves the page of another household, which signs in for itself.
func (l *life) guests(w http.ResponseWriter, r *http.Request) {
	h := l.members.household(r.PathValue("household"))
	if h == nil || h.name == store.Home || !h.mayShow() {
		l.page.NotFound(w, r)
		return
	}
	page, err := h.page()
	if err != nil {
		h.log.WarnContext(r.Context(), "the page of a household cannot be shown", "err", err.Error())
		l.page.NotFound(w, r)
		return
	}
	page.Inside("/household/"+h.name).ServeHTTP(w, r)
}

// mayShow reports whether the household has a page. One without a password of its own is
// shown where everybody on this machine may see the one at home, too.
func (h *household) mayShow() bool {
	return !h.cfg.Web.Password.IsZero() || h.life.cfg.Web.Local() && h.life.cfg.Web.Password.IsZero()
}

// newPage returns the server of the household's page and API.
func (h *household) newPage() (*web.Server, error) {
	page, err := web.New(web.Options{
		Config: h.cfg.Web, Settings: h.cfg, Language: h.cfg.Language, Store: h.store, Tracker: h.tracker, Log: h.log, Now: h.life.Now,
		Gaps: tracker.Gaps(h.store.Journeys), Redacted: h.redacted,
		Titles: h.carriers.titles,
		Status: func(ctx context.Context) (status.Status, error) {
			return h.source(h.life.Now()).Status(ctx)
		},
	})
	if err != nil {
		return nil, err
	}
	h.newAPI().Register(page)
	return page, nil
}

// redacted returns a copy without personal data of a mail that was not understood. A folder
// that was numbered anew may have another mail in its place, so that the subject must agree.
func (h *household) redacted(ctx context.Context, n status.NotUnderstood) ([]byte, error) {
	boxes, err := h.boxes(h.tracker)
	if err != nil {
		return nil, err
	}
	return redacted(ctx, boxes, n)
}

func redacted(ctx context.Context, boxes []mailbox, n status.NotUnderstood) ([]byte, error) {
	const compared = 60 // characters
	uid, err := strconv.ParseUint(n.Mail[strings.LastIndex(n.Mail, "/")+1:], 10, 32)
	if err != nil {
		return nil, fmt.Errorf("mail %s: %w", n.Mail, web.ErrNoMail)
	}
	for _, box := range boxes {
		for _, folder := range box.cfg.Folders {
			ref := parcel.MailRef{Mailbox: box.cfg.Name, Folder: folder, UID: uint32(uid)}
			if ref.String() != n.Mail {
				continue
			}
			m, err := mailwatch.One(ctx, box.account, ref)
			switch {
			case errors.Is(err, mailwatch.ErrNoMail) || err == nil && textx.Line(m.Header.Subject, compared) != textx.Line(n.Subject, compared):
				return nil, fmt.Errorf("mail %s: %w", n.Mail, web.ErrNoMail)
			case err != nil:
				return nil, fmt.Errorf("mail %s: %w", n.Mail, err)
			default:
				return box.reader.Redact(m.Raw), nil
			}
		}
	}
	return nil, fmt.Errorf("mail %s: %w", n.Mail, web.ErrNoMail)
}
