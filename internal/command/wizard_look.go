package command

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/config"
	"parcelwatch/internal/locale"
	"parcelwatch/internal/setup"
	"parcelwatch/internal/textx"
	"parcelwatch/mailwatch"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

const (
	lookMails = 200 // in each folder
	lookShow  = 7   // number of shipments listed
)

// preview reads recent mail, stores nothing and lists what would be followed.
func (w *wizard) preview(ctx context.Context) error {
	account, err := w.account(w.box)
	if err != nil {
		return err
	}
	w.progress.Show(w.say.T("setup_looking"))
	box := w.box
	box.Since = config.Duration(sinceDays * 24 * time.Hour)
	w.unconfirmed, err = recentMail{w.cfg, box, account, lookMails}.read(ctx, func(_ mailwatch.Mail, n parcel.Notice, err error) {
		if err == nil && n.Shipment() && n.Verdict.Trust.Creates() {
			w.notices = append(w.notices, n)
		}
	})
	w.progress.Clear()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		w.say1(w.say.T("setup_failed", "Reason", w.say.Text(mailwatch.Fault(err, account))))
	}
	w.shipments()
	return nil
}

// shipments lists the shipments found, newest first.
func (w *wizard) shipments() {
	var rows []sighting
	seen := map[string]bool{}
	for _, n := range slices.Backward(w.notices) {
		rows = append(rows, sightings(n, seen)...)
		for _, o := range n.Orders {
			seen[o] = true // an order with a parcel is not listed again
		}
	}
	if rows == nil {
		w.say1(w.say.T("setup_found_none", "Days", sinceDays))
		return
	}
	w.say1(w.say.T("setup_found", "Count", len(rows), "Days", sinceDays))
	for _, r := range rows[:min(len(rows), lookShow)] {
		if r.number == "" {
			r.number = w.say.T("list_order", "Order", r.order)
		}
		w.entry(textx.Line(r.number, 40), 24, r.title)
	}
	if more := len(rows) - lookShow; more > 0 {
		w.say1("  " + w.say.T("setup_found_more", "More", more))
	}
}

// authserv offers to trust the mail server's results if the shop's mail cannot be
// verified without them.
func (w *wizard) authserv(ctx context.Context) error {
	best, most := "", 0
	for _, id := range slices.Sorted(maps.Keys(w.unconfirmed)) {
		if w.unconfirmed[id] > most {
			best, most = id, w.unconfirmed[id]
		}
	}
	if best == "" {
		return nil
	}
	// A server that adds no result leaves the sender's on top, so the default for an id
	// unrelated to the mailbox's server is no.
	yes, err := w.yes(ctx, setup.Related(best, w.domain, w.box.Host), "setup_authserv", "ID", best)
	if yes {
		w.box.TrustedAuthserv = append(w.box.TrustedAuthserv, best)
	}
	return err
}

// destination asks for the destination country.
func (w *wizard) destination(ctx context.Context) error {
	usual := w.cfg.Destination
	if usual == "" {
		language := ""
		for _, name := range []string{"LANG", "LC_MESSAGES", "LC_ALL"} {
			if v := w.getenv(name); v != "" {
				language = v
			}
		}
		usual = setup.Guess{Domain: w.domain, Zone: setup.SystemZone(w.getenv), Language: language}.Country()
	}
	return w.again(ctx, query{"--destination", w.c.Destination, usual, "setup_destination"}, func(s string) error {
		code := strings.ToUpper(s)
		if len(code) != 2 || w.say.Country(code) == code {
			return failed(w.say.T("setup_destination_wrong"))
		}
		w.cfg.Destination = code
		w.say1(w.say.T("setup_destination_is", "Country", w.say.Country(code)))
		return nil
	})
}

// language asks for the language of digests.
func (w *wizard) language(ctx context.Context) error {
	usual := w.cfg.Language
	if usual == "" {
		usual = w.say.Language()
	}
	return w.again(ctx, query{"--language", w.c.Language, usual, "setup_language"}, func(s string) error {
		known := locale.Tags()
		i := slices.IndexFunc(known, func(tag string) bool { return strings.EqualFold(tag, s) })
		if i < 0 {
			return failed(w.say.T("setup_language_wrong", "Languages", strings.Join(known, " ")))
		}
		w.cfg.Language = known[i]
		return nil
	})
}

// carriers lists which service would receive which number, before any request, and lets
// the user refuse each.
func (w *wizard) carriers(ctx context.Context) error {
	set, _, err := w.env.carriers(ctx, w.cfg)
	if err != nil {
		return err
	}
	var off, all []string
	for _, m := range set.Members() {
		all = append(all, m.Info.Name)
		if m.Off {
			off = append(off, m.Info.Name)
		}
	}
	w.tell(w.say.T("setup_carriers"))
	for _, m := range set.Members() {
		w.carrier(m)
	}
	w.say1(w.say.T("setup_carriers_nothing_else"))
	return w.refusals(ctx, all, off)
}

// refusals asks which carriers to disable.
func (w *wizard) refusals(ctx context.Context, all, off []string) error {
	nobody := w.say.T("setup_word_nobody")
	usual := strings.Join(off, " ")
	if usual == "" {
		usual = nobody
	}
	return w.again(ctx, query{"--refuse", strings.Join(w.c.Refuse, " "), usual, "setup_refuse"}, func(s string) error {
		w.plan.Refused, w.plan.Allowed = nil, nil
		if !strings.EqualFold(s, nobody) && s != "-" {
			w.plan.Refused = setup.List(strings.ToLower(s))
		}
		for _, name := range w.plan.Refused {
			if !slices.Contains(all, name) {
				return failed(w.say.T("err_carrier", "Name", textx.Line(name, 40), "Names", strings.Join(all, ", ")))
			}
		}
		for _, name := range all {
			if !slices.Contains(w.plan.Refused, name) {
				w.plan.Allowed = append(w.plan.Allowed, name)
			}
		}
		return nil
	})
}

// carrier prints the numbers that one service would receive.
func (w *wizard) carrier(m carriers.Member) {
	near := len(m.Info.Countries) == 0 || slices.Contains(m.Info.Countries, w.cfg.Destination)
	var numbers []string
	for _, n := range w.numbers() {
		if m.Carrier.Match(n) != carriers.No {
			numbers = append(numbers, string(n))
		}
	}
	what := w.say.T("setup_carrier_later")
	switch {
	case !near && (numbers == nil || m.Info.Role == carriers.RoleDestination):
		return
	case len(m.Missing) > 0:
		what = w.say.T("carriers_key", "Settings", strings.Join(m.Missing, ", "),
			"Help", w.say.Text(m.CredentialHelp()))
	case numbers != nil:
		what = strings.Join(numbers[:min(len(numbers), 4)], ", ")
		if len(numbers) > 4 {
			what += ", …"
		}
	}
	site := strings.TrimSuffix(strings.TrimPrefix(m.Info.Site, "https://"), "/")
	title := w.say.Carrier(m.Info.Name)
	if title == m.Info.Name {
		title = m.Info.Title
	}
	w.entry(m.Info.Name, 16, title+" ("+site+"): "+what)
}

// numbers returns the numbers found, without duplicates.
func (w *wizard) numbers() []number.Number {
	var out []number.Number
	for _, n := range w.notices {
		for _, p := range n.Parcels {
			if !slices.Contains(out, p.Number) {
				out = append(out, p.Number)
			}
		}
	}
	return out
}
