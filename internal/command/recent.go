package command

import (
	"context"
	"errors"

	"parcelwatch/config"
	"parcelwatch/internal/app"
	"parcelwatch/internal/status"
	"parcelwatch/mail/verify"
	"parcelwatch/mailwatch"
	"parcelwatch/parcel"
)

// recentMail is the recent mail of a mailbox, at most limit mails of each folder.
type recentMail struct {
	cfg     *config.Config
	box     config.Mailbox
	account mailwatch.Account
	limit   int
}

// read stores nothing and passes each notice, or why a mail cannot be read, to use. It
// counts the shop's mails that could be verified only by trusting a server id, by that id.
func (r recentMail) read(ctx context.Context, use func(mailwatch.Mail, parcel.Notice, error)) (map[string]int, error) {
	reader, err := app.NewReader(verify.New(app.OneShotResolver()), r.cfg, r.box)
	if err != nil {
		return nil, err
	}
	unconfirmed := map[string]int{}
	err = mailwatch.Recent(ctx, r.account, r.box.Since.Time(), r.limit, func(ctx context.Context, m mailwatch.Mail) error {
		n, err := reader.Read(ctx, m.Message)
		if errors.Is(err, verify.ErrTemporary) {
			err = nil
		}
		if err == nil && n.Shipment() && n.Verdict.Trust == parcel.TrustUnverified {
			for _, id := range verify.AuthservIDs(m.Header) {
				unconfirmed[id]++
			}
		}
		use(m, n, err)
		return ctx.Err()
	})
	return unconfirmed, err
}

// sighting is a number in a mail, or an order without one.
type sighting struct{ number, order, title string }

// sightings returns what a notice would make the program follow, except what is in seen,
// and adds it there.
func sightings(n parcel.Notice, seen map[string]bool) (out []sighting) {
	if !n.Verdict.Trust.Creates() {
		return nil
	}
	add := func(id string, s sighting) {
		if !seen[id] {
			seen[id], s.title = true, status.Title("", n.Items)
			out = append(out, s)
		}
	}
	for _, p := range n.Parcels {
		add(string(p.Number), sighting{number: string(p.Number)})
	}
	for _, o := range n.Orders {
		if len(n.Parcels) == 0 {
			add(o, sighting{order: o})
		}
	}
	return out
}
