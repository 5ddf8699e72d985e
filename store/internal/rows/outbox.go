package rows

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"parcelwatch/store"
)

// Enqueue stores a message and marks the changes as announced to its audience. A
// second message for the same slot of an audience changes nothing:
// [store.ErrSlotTaken]. A waiting delivery without a time is due from when the
// message was made.
func (db *Household) Enqueue(ctx context.Context, m store.Message, announced []int64) error {
	return db.write(ctx, "enqueue message", func(tx homeTx) error {
		taken, err := exists(ctx, tx, `SELECT 1 FROM message WHERE home = $3 AND audience = $1 AND slot = $2`, m.Audience, m.Slot, tx.home)
		if err != nil {
			return err
		}
		if taken {
			return store.ErrSlotTaken
		}
		seq, err := addMessage(ctx, tx, m)
		if err != nil {
			return err
		}
		return markAnnounced(ctx, tx, m.Audience, announced, seq)
	})
}

// Announced marks the changes as announced to an audience without a message.
func (db *Household) Announced(ctx context.Context, audience string, changes []int64) error {
	return db.write(ctx, "mark changes as announced", func(tx homeTx) error { return markAnnounced(ctx, tx, audience, changes, nil) })
}

// markAnnounced marks the changes as announced to an audience by the message, or by none if it is nil.
func markAnnounced(ctx context.Context, tx homeTx, audience string, changes []int64, message any) error {
	for _, id := range changes {
		// Selected from the table, because a parcel may have been forgotten with its
		// changes meanwhile.
		if _, err := tx.ExecContext(ctx,
			`INSERT INTO told (home, change_id, audience, message_seq) SELECT home, id, $2, $4 FROM change WHERE home = $3 AND id = $1 ON CONFLICT DO NOTHING`,
			id, audience, tx.home, message); err != nil {
			return fmt.Errorf("mark change %d: %w", id, err)
		}
	}
	return nil
}

// DueMessages returns messages with a delivery due at now, the oldest first.
func (db *Household) DueMessages(ctx context.Context, now time.Time, limit int) (out []store.Message, err error) {
	err = db.read(ctx, "list due messages", func(tx homeTx) error {
		seqs, err := list(ctx, tx, column[int64],
			`SELECT seq FROM message WHERE home = $3 AND seq IN
			 (SELECT message_seq FROM fate WHERE home = $3 AND state IN ('waiting', 'ambiguous') AND next_at <= $1)
			 ORDER BY made_at, seq LIMIT $2`, now.UnixMilli(), max(limit, 0), tx.home)
		if err != nil {
			return err
		}
		out = nil
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
func (db *Household) NextMessage(ctx context.Context) (time.Time, error) {
	return first(query(ctx, db.to("find next message"), scanMoment,
		`SELECT min(next_at) FROM fate WHERE home = $1 AND state IN ('waiting', 'ambiguous')`))
}

// Record stores the deliveries of a message after an attempt. A sent one stays
// sent.
func (db *Household) Record(ctx context.Context, messageID string, deliveries []store.Delivery) error {
	return db.write(ctx, "record deliveries of "+line(messageID), func(tx homeTx) error {
		var seq, made int64
		if err := tx.QueryRowContext(ctx, `SELECT seq, made_at FROM message WHERE home = $2 AND id = $1`, bareID(messageID), tx.home).Scan(&seq, &made); err != nil {
			return err
		}
		for _, f := range deliveries {
			if _, err := tx.ExecContext(ctx,
				`UPDATE fate SET state = $3, next_at = $4, tries = $5, error = $6, fault = $7
				 WHERE home = $8 AND message_seq = $1 AND recipient = $2 AND state <> 'sent'`,
				seq, f.To, string(f.State), nextTry(f, made), f.Tries, line(f.Error), encode(f.Fault), tx.home); err != nil {
				return fmt.Errorf("delivery to %s: %w", f.To, err)
			}
		}
		return nil
	})
}

// LastSlot returns the slot of the audience's newest message and when it was made,
// or empty and zero if there is none.
func (db *Household) LastSlot(ctx context.Context, audience string) (slot string, made time.Time, err error) {
	m, err := first(query(ctx, db.to("find last slot"), scanSlot,
		`SELECT slot, made_at FROM message WHERE home = $2 AND audience = $1 ORDER BY made_at DESC, seq DESC LIMIT 1`, audience))
	return m.Slot, m.Made, err
}

// LastDigest returns when the newest message of all audiences was made, or zero if
// there is none.
func (db *Household) LastDigest(ctx context.Context) (time.Time, error) {
	return first(query(ctx, db.to("find last digest"), scanMoment, `SELECT max(made_at) FROM message WHERE home = $1`))
}

// Backlog returns what is known about the messages of the audience of which a delivery
// waits and no copy was sent.
func (db *Household) Backlog(ctx context.Context, audience string) (store.Backlog, error) {
	return first(query(ctx, db.to("find unsent messages"), scanBacklog,
		`SELECT min(m.made_at), min(CASE WHEN f.tries > 0 THEN m.made_at END), min(f.next_at)
		 FROM fate f JOIN message m ON m.home = f.home AND m.seq = f.message_seq
		 WHERE f.home = $2 AND m.audience = $1 AND f.state IN ('waiting', 'ambiguous')
		 AND NOT EXISTS (SELECT 1 FROM fate s WHERE s.home = f.home AND s.message_seq = m.seq AND s.state = 'sent')`, audience))
}

func scanBacklog(s Scanner) (b store.Backlog, err error) {
	err = s.Scan(moment{&b.Made}, moment{&b.Tried}, moment{&b.Next})
	return b, err
}

// Withdraw removes the messages of the audience of which no copy can have arrived, and
// makes their changes pending again.
func (db *Household) Withdraw(ctx context.Context, audience string) (out []store.Message, err error) {
	err = db.write(ctx, "withdraw messages", func(tx homeTx) error {
		out = nil
		seqs, messages, err := uniform(ctx, tx, audience, store.DeliveryWaiting, time.Time{})
		if err != nil {
			return err
		}
		for i, seq := range seqs {
			m := messages[i]
			out = append(out, m)
			for _, q := range []string{`DELETE FROM told WHERE home = $2 AND message_seq = $1`, `DELETE FROM message WHERE home = $2 AND seq = $1`} {
				if _, err := tx.ExecContext(ctx, q, seq, tx.home); err != nil {
					return fmt.Errorf("withdraw message %s: %w", m.ID, err)
				}
			}
		}
		return nil
	})
	return out, err
}

// Refused returns the messages of the audience made at or after since of which every
// delivery is refused, without their text, oldest first.
func (db *Household) Refused(ctx context.Context, audience string, since time.Time) (out []store.Message, err error) {
	err = db.read(ctx, "list refused messages", func(tx homeTx) error {
		_, out, err = uniform(ctx, tx, audience, store.DeliveryRefused, since)
		return err
	})
	return out, err
}

// uniform returns the messages of the audience made at or after since of which every
// delivery has the state, without their text, oldest first.
func uniform(ctx context.Context, tx homeTx, audience string, state store.DeliveryState, since time.Time) (seqs []int64, out []store.Message, err error) {
	seqs, err = list(ctx, tx, column[int64],
		`SELECT seq FROM message WHERE home = $4 AND audience = $1 AND made_at >= $2
		 AND EXISTS (SELECT 1 FROM fate WHERE fate.home = $4 AND message_seq = seq AND state = $3)
		 AND NOT EXISTS (SELECT 1 FROM fate WHERE fate.home = $4 AND message_seq = seq AND state <> $3)
		 ORDER BY made_at, seq`, audience, since.UnixMilli(), string(state), tx.home)
	for _, seq := range seqs {
		m, err := readMessage(ctx, tx, seq)
		if err != nil {
			return nil, nil, err
		}
		m.Raw = nil
		out = append(out, m)
	}
	return seqs, out, err
}

// Sent returns those of the Message-IDs that belong to messages in the outbox.
func (db *Household) Sent(ctx context.Context, messageIDs ...string) ([]string, error) {
	bare := []string{}
	for _, id := range messageIDs {
		if !strings.Contains(id, "\x00") { // which PostgreSQL does not take
			bare = append(bare, bareID(id))
		}
	}
	wanted, err := json.Marshal(bare)
	if err != nil {
		return nil, err
	}
	found, err := query(ctx, db.to("look for own messages"), column[string],
		`SELECT id FROM message WHERE home = $2 AND id IN (SELECT value FROM `+db.db.Dialect().Texts+` AS wanted)`, string(wanted))
	return slices.DeleteFunc(slices.Clone(messageIDs), func(id string) bool { return !slices.Contains(found, bareID(id)) }), err
}

// addMessage stores a message and returns its place in the order of all.
func addMessage(ctx context.Context, tx homeTx, m store.Message) (seq int64, err error) {
	raw := m.Raw
	if raw == nil {
		raw = []byte{} // nil is NULL
	}
	made := m.Made.UnixMilli()
	if err := tx.QueryRowContext(ctx,
		`INSERT INTO message (id, audience, slot, sender, raw, made_at, home, waits_since) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING seq`,
		bareID(m.ID), m.Audience, m.Slot, m.From, raw, made, tx.home, stamp(m.Waits)).Scan(&seq); err != nil {
		return 0, fmt.Errorf("add message %s: %w", line(m.ID), err)
	}
	for i, f := range m.Deliveries {
		if _, err := tx.ExecContext(ctx,
			`INSERT INTO fate (message_seq, place, recipient, state, next_at, tries, error, fault, home) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			seq, i, f.To, string(f.State), nextTry(f, made), f.Tries, line(f.Error), encode(f.Fault), tx.home); err != nil {
			return 0, fmt.Errorf("add recipient %s: %w", f.To, err)
		}
	}
	return seq, nil
}

func readMessage(ctx context.Context, tx homeTx, seq int64) (store.Message, error) {
	var m store.Message
	if err := tx.QueryRowContext(ctx, `SELECT id, audience, slot, sender, raw, made_at, waits_since FROM message WHERE home = $2 AND seq = $1`, seq, tx.home).
		Scan(&m.ID, &m.Audience, &m.Slot, &m.From, &m.Raw, moment{&m.Made}, moment{&m.Waits}); err != nil {
		return m, fmt.Errorf("read message: %w", err)
	}
	var err error
	m.Deliveries, err = list(ctx, tx, scanDelivery,
		`SELECT recipient, state, next_at, tries, error, fault FROM fate WHERE home = $2 AND message_seq = $1 ORDER BY place`, seq, tx.home)
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

func scanDelivery(s Scanner) (f store.Delivery, err error) {
	err = s.Scan(&f.To, &f.State, moment{&f.Next}, &f.Tries, &f.Error, decode(&f.Fault))
	return f, err
}

func scanSlot(s Scanner) (m store.Message, err error) {
	err = s.Scan(&m.Slot, moment{&m.Made})
	return m, err
}

func bareID(id string) string { return strings.Trim(strings.TrimSpace(id), "<>") }
