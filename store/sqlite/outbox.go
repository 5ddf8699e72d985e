package sqlite

import (
	"context"
	"fmt"
	"strings"
	"time"

	"parcelwatch/store"
)

// Enqueue stores a message and marks the changes as announced to its audience. A
// second message for the same slot of an audience changes nothing:
// [store.ErrSlotTaken]. A waiting delivery without a time is due from when the
// message was made.
func (db *household) Enqueue(ctx context.Context, m store.Message, announced []int64) error {
	return db.write(ctx, "enqueue message", func(tx homeTx) error {
		taken, err := exists(ctx, tx, `SELECT 1 FROM message WHERE home = $3 AND audience = $1 AND slot = $2`, m.Audience, m.Slot, tx.home)
		if err != nil {
			return err
		}
		if taken {
			return store.ErrSlotTaken
		}
		if err := addMessage(ctx, tx, m); err != nil {
			return err
		}
		return markAnnounced(ctx, tx, m.Audience, announced)
	})
}

// Announced marks the changes as announced to an audience without a message.
func (db *household) Announced(ctx context.Context, audience string, changes []int64) error {
	return db.write(ctx, "mark changes as announced", func(tx homeTx) error { return markAnnounced(ctx, tx, audience, changes) })
}

func markAnnounced(ctx context.Context, tx homeTx, audience string, changes []int64) error {
	for _, id := range changes {
		// Selected from the table, because a parcel may have been forgotten with its
		// changes meanwhile.
		if _, err := tx.ExecContext(ctx,
			`INSERT INTO told (change_id, audience) SELECT id, $2 FROM change WHERE home = $3 AND id = $1 ON CONFLICT DO NOTHING`,
			id, audience, tx.home); err != nil {
			return fmt.Errorf("mark change %d: %w", id, err)
		}
	}
	return nil
}

// DueMessages returns messages with a delivery due at now, the oldest first.
func (db *household) DueMessages(ctx context.Context, now time.Time, limit int) (out []store.Message, err error) {
	err = db.read(ctx, "list due messages", func(tx homeTx) error {
		seqs, err := list(ctx, tx, column[int64],
			`SELECT message_seq FROM fate JOIN message ON seq = message_seq
			 WHERE home = $3 AND state IN ('waiting', 'ambiguous') AND next_at <= $1
			 GROUP BY message_seq ORDER BY made_at, message_seq LIMIT $2`, now.UnixMilli(), max(limit, 0), tx.home)
		if err != nil {
			return err
		}
		for _, seq := range seqs {
			m, err := readMessage(ctx, tx, seq)
			if err != nil {
				return err
			}
			out = append(out, m)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// NextMessage returns when the next delivery is due, or zero if none is waiting.
func (db *household) NextMessage(ctx context.Context) (time.Time, error) {
	return first(query(ctx, db.to("find next message"), scanMoment,
		`SELECT min(next_at) FROM fate JOIN message ON seq = message_seq WHERE home = $1 AND state IN ('waiting', 'ambiguous')`))
}

// Record stores the deliveries of a message after an attempt. A sent one stays
// sent.
func (db *household) Record(ctx context.Context, messageID string, deliveries []store.Delivery) error {
	return db.write(ctx, "record deliveries of "+line(messageID), func(tx homeTx) error {
		var seq, made int64
		if err := tx.QueryRowContext(ctx, `SELECT seq, made_at FROM message WHERE home = $2 AND id = $1`, bareID(messageID), tx.home).Scan(&seq, &made); err != nil {
			return err
		}
		for _, f := range deliveries {
			if _, err := tx.ExecContext(ctx,
				`UPDATE fate SET state = $3, next_at = $4, tries = $5, error = $6, fault = $7
				 WHERE message_seq = $1 AND recipient = $2 AND state <> 'sent'`,
				seq, f.To, string(f.State), nextTry(f, made), f.Tries, line(f.Error), encode(f.Fault)); err != nil {
				return fmt.Errorf("delivery to %s: %w", f.To, err)
			}
		}
		return nil
	})
}

// LastSlot returns the slot of the audience's newest message and when it was made,
// or empty and zero if there is none.
func (db *household) LastSlot(ctx context.Context, audience string) (slot string, made time.Time, err error) {
	m, err := first(query(ctx, db.to("find last slot"), scanSlot,
		`SELECT slot, made_at FROM message WHERE home = $2 AND audience = $1 ORDER BY made_at DESC, seq DESC LIMIT 1`, audience))
	return m.Slot, m.Made, err
}

// LastDigest returns when the newest message of all audiences was made, or zero if
// there is none.
func (db *household) LastDigest(ctx context.Context) (time.Time, error) {
	return first(query(ctx, db.to("find last digest"), scanMoment, `SELECT max(made_at) FROM message WHERE home = $1`))
}

// Unsent returns when the oldest message of the audience was made that has been tried in
// vain and of which no copy was sent; zero if there is none.
func (db *household) Unsent(ctx context.Context, audience string) (time.Time, error) {
	return first(query(ctx, db.to("find unsent message"), scanMoment,
		`SELECT min(made_at) FROM message WHERE home = $2 AND audience = $1
		 AND EXISTS (SELECT 1 FROM fate WHERE message_seq = seq AND state IN ('waiting', 'ambiguous') AND tries > 0)
		 AND NOT EXISTS (SELECT 1 FROM fate WHERE message_seq = seq AND state = 'sent')`, audience))
}

// Sent reports whether the Message-ID belongs to a message in the outbox.
func (db *household) Sent(ctx context.Context, messageID string) (bool, error) {
	found, err := query(ctx, db.to("look for own message"), column[int], `SELECT 1 FROM message WHERE home = $2 AND id = $1`, bareID(messageID))
	return len(found) > 0, err
}

func addMessage(ctx context.Context, tx homeTx, m store.Message) error {
	raw := m.Raw
	if raw == nil {
		raw = []byte{} // nil is NULL
	}
	made := m.Made.UnixMilli()
	var seq int64
	if err := tx.QueryRowContext(ctx,
		`INSERT INTO message (id, audience, slot, sender, raw, made_at, home) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING seq`,
		bareID(m.ID), m.Audience, m.Slot, m.From, raw, made, tx.home).Scan(&seq); err != nil {
		return fmt.Errorf("add message %s: %w", line(m.ID), err)
	}
	for i, f := range m.Deliveries {
		if _, err := tx.ExecContext(ctx,
			`INSERT INTO fate (message_seq, place, recipient, state, next_at, tries, error, fault) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			seq, i, f.To, string(f.State), nextTry(f, made), f.Tries, line(f.Error), encode(f.Fault)); err != nil {
			return fmt.Errorf("add recipient %s: %w", f.To, err)
		}
	}
	return nil
}

func readMessage(ctx context.Context, tx homeTx, seq int64) (store.Message, error) {
	var m store.Message
	if err := tx.QueryRowContext(ctx, `SELECT id, audience, slot, sender, raw, made_at FROM message WHERE seq = $1`, seq).
		Scan(&m.ID, &m.Audience, &m.Slot, &m.From, &m.Raw, moment{&m.Made}); err != nil {
		return m, fmt.Errorf("read message: %w", err)
	}
	var err error
	m.Deliveries, err = list(ctx, tx, scanDelivery,
		`SELECT recipient, state, next_at, tries, error, fault FROM fate WHERE message_seq = $1 ORDER BY place`, seq)
	return m, err
}

// nextTry returns when to try again: always set for a waiting delivery, never for
// others.
func nextTry(f store.Delivery, made int64) any {
	switch f.State {
	case store.DeliveryWaiting, store.DeliveryAmbiguous:
		if f.Next.IsZero() {
			return made
		}
		return f.Next.UnixMilli()
	default:
		return nil
	}
}

func scanDelivery(s scanner) (f store.Delivery, err error) {
	err = s.Scan(&f.To, &f.State, moment{&f.Next}, &f.Tries, &f.Error, decode(&f.Fault))
	return f, err
}

func scanSlot(s scanner) (m store.Message, err error) {
	err = s.Scan(&m.Slot, moment{&m.Made})
	return m, err
}

func bareID(id string) string { return strings.Trim(strings.TrimSpace(id), "<>") }
