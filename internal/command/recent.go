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

// recent reads at most limit recent mails of each folder of a mailbox, stores nothing and
// passes each notice, or why a mail cannot be read, to use. It counts the shop's mails
// that could be verified only by trusting a server id, by that id.
func recent(ctx context.Context, cfg *config.Config, box config.Mailbox, account mailwatch.Account, limit int, use func(mailwatch.Mail, parcel.Notice, error)) (map[string]int, error) {
	r, err := app.NewReader(verify.New(app.OneShotResolver()), cfg, box)
	if err != nil {
		return nil, err
	}
	unconfirmed := map[string]int{}
	err = mailwatch.Recent(ctx, account, box.Since.Time(), limit, func(ctx context.Context, m mailwatch.Mail) error {
		n, err := r.Read(ctx, m.Message)
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
