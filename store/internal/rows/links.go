package rows

import (
	"context"
	"fmt"
	"slices"

	"parcelwatch/parcel"
)

// links are what a parcel is found by. Each has a row of its own beside the parcel's document.
type links struct{ numbers, mailboxes, orders []string }

// linksOf returns the links of a parcel. They share no memory with it.
func linksOf(p *parcel.Parcel) links {
	l := links{mailboxes: slices.Clone(p.Mailboxes), orders: slices.Clone(p.Orders)}
	for _, n := range p.Numbers() {
		l.numbers = append(l.numbers, string(n))
	}
	return l
}

// saveLinks makes the rows of a parcel that had the links before those of after.
func saveLinks(ctx context.Context, tx homeTx, id int64, before, after links) error {
	for _, t := range []struct {
		what, del, add string
		before, after  []string
	}{
		{
			"numbers", `DELETE FROM number WHERE ` + tx.sql.OfParcel + ` AND number = $3`,
			`INSERT INTO number (parcel_id, number, home) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, before.numbers, after.numbers,
		},
		{
			"mailboxes", `DELETE FROM parcel_mailbox WHERE ` + tx.sql.OfParcel + ` AND mailbox = $3`,
			`INSERT INTO parcel_mailbox (parcel_id, mailbox, home) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, before.mailboxes, after.mailboxes,
		},
		{
			"orders", `DELETE FROM parcel_order WHERE ` + tx.sql.OfParcel + ` AND order_id = $3`,
			`INSERT INTO parcel_order (parcel_id, order_id, home) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, before.orders, after.orders,
		},
	} {
		for _, s := range t.before {
			if slices.Contains(t.after, s) {
				continue
			}
			if _, err := tx.ExecContext(ctx, t.del, id, tx.home, s); err != nil {
				return fmt.Errorf("take %s from parcel %d: %w", t.what, id, err)
			}
		}
		for _, s := range t.after {
			if slices.Contains(t.before, s) {
				continue
			}
			if _, err := tx.ExecContext(ctx, t.add, id, s, tx.home); err != nil {
				return fmt.Errorf("give %s to parcel %d: %w", t.what, id, err)
			}
		}
	}
	return nil
}
