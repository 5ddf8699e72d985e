package rows

import (
	"context"
	"fmt"
	"slices"
	"time"

	"parcelwatch/parcel"
)

const (
	// SQLite compiles a statement anew whenever a value is bound to its LIMIT.
	showNotUnderstood = "50"
	checkEvery        = time.Hour // between two writes if only LastCheck has changed

	selectMailbox = `SELECT name, folder, state, since, last_mail, last_check, error, fault FROM mailbox_state WHERE home = $1`
)

// Health returns the last recorded state of mailboxes, carriers and outbox.
func (db *Household) Health(ctx context.Context) (h parcel.Health, err error) {
	err = db.read(ctx, "read health", func(tx homeTx) error {
		var err error
		if h.Mailboxes, err = list(ctx, tx, scanMailbox, selectMailbox+` ORDER BY name, folder`, tx.home); err != nil {
			return fmt.Errorf("list mailboxes: %w", err)
		}
		if h.Carriers, err = carrierHealths(ctx, tx.Tx, db.db.Now()); err != nil {
			return err
		}
		if h.Outbox, err = outboxHealth(ctx, tx); err != nil {
			return fmt.Errorf("count the outbox: %w", err)
		}
		if h.Surplus, err = list(ctx, tx, scanSurplus,
			`SELECT mailbox, sum(refused), max(day) FROM tally WHERE home = $1 AND refused > 0 GROUP BY mailbox ORDER BY mailbox`, tx.home); err != nil {
			return fmt.Errorf("count what was refused: %w", err)
		}
		h.NotUnderstood, err = list(ctx, tx, scanNotUnderstood,
			`SELECT mail, subject, why, at FROM not_understood WHERE home = $1 ORDER BY at DESC, mail LIMIT `+showNotUnderstood, tx.home)
		return err
	})
	if err != nil {
		return parcel.Health{}, err
	}
	return h, nil
}

// SetMailboxHealth records the state of one folder. A zero LastMail or LastCheck
// keeps the recorded one.
func (db *Household) SetMailboxHealth(ctx context.Context, h parcel.MailboxHealth) error {
	return db.write(ctx, "record health of "+h.Name, func(tx homeTx) error {
		_, err := tx.ExecContext(ctx,
			`INSERT INTO mailbox_state (name, folder, state, since, last_mail, last_check, error, fault, home)
			 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			 ON CONFLICT (home, name, folder) DO UPDATE SET state = excluded.state, since = excluded.since,
			   last_mail = coalesce(excluded.last_mail, mailbox_state.last_mail),
			   last_check = coalesce(excluded.last_check, mailbox_state.last_check), error = excluded.error, fault = excluded.fault`,
			h.Name, h.Folder, string(h.State), stamp(h.Since), stamp(h.LastMail), stamp(h.LastCheck), line(h.Error), encode(h.Fault), tx.home)
		return err
	})
}

// OnlyChecked reports whether h differs from the recorded state only by a newer
// LastCheck or LastMail of less than an hour later.
func (db *Household) OnlyChecked(ctx context.Context, h parcel.MailboxHealth) (same bool, err error) {
	err = db.read(ctx, "read health of "+h.Name, func(tx homeTx) error {
		found, err := list(ctx, tx, scanMailbox, selectMailbox+` AND name = $2 AND folder = $3`, tx.home, h.Name, h.Folder)
		if err != nil || len(found) == 0 {
			return err
		}
		was := found[0]
		since := h.LastCheck.Sub(was.LastCheck)
		same = h.State == was.State && h.Since.UnixMilli() == was.Since.UnixMilli() && line(h.Error) == was.Error && h.Fault.Equal(was.Fault) &&
			!h.LastCheck.IsZero() && !was.LastCheck.IsZero() && since >= 0 && since < checkEvery
		return nil
	})
	return same, err
}

// KeepMailboxes deletes the states of folders that are no longer configured, which
// are all except the given ones. Checkpoints stay, so that a folder can be
// configured again.
func (db *Household) KeepMailboxes(ctx context.Context, watched []parcel.MailboxHealth) error {
	return db.write(ctx, "drop states of mailboxes", func(tx homeTx) error {
		have, err := list(ctx, tx, scanMailbox, selectMailbox, tx.home)
		if err != nil {
			return err
		}
		for _, h := range have {
			if slices.ContainsFunc(watched, func(w parcel.MailboxHealth) bool { return w.Name == h.Name && w.Folder == h.Folder }) {
				continue
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM mailbox_state WHERE home = $3 AND name = $1 AND folder = $2`, h.Name, h.Folder, tx.home); err != nil {
				return err
			}
		}
		return nil
	})
}

// outboxHealth counts messages that still have a waiting recipient. The error is
// that of the newest failing message: one that is waiting, or was refused and not
// followed by another one to the same audience.
func outboxHealth(ctx context.Context, tx homeTx) (parcel.OutboxHealth, error) {
	var h parcel.OutboxHealth
	if err := tx.QueryRowContext(ctx,
		`SELECT count(*), min(coalesce(waits_since, made_at)) FROM message WHERE home = $1 AND seq IN
		 (SELECT message_seq FROM fate WHERE home = $1 AND state IN ('waiting', 'ambiguous'))`, tx.home).Scan(&h.Waiting, moment{&h.Oldest}); err != nil {
		return h, err
	}
	failing, err := first(list(ctx, tx, scanFault,
		`SELECT f.error, f.fault, CASE WHEN NOT EXISTS
		   (SELECT 1 FROM fate g WHERE g.home = f.home AND g.message_seq = f.message_seq AND g.state <> 'refused') THEN coalesce(m.waits_since, m.made_at) END
		 FROM fate f JOIN message m ON m.home = f.home AND m.seq = f.message_seq
		 WHERE m.home = $1 AND f.error <> '' AND (f.state IN ('waiting', 'ambiguous') OR (f.state = 'refused'
		   AND m.seq = (SELECT max(seq) FROM message l WHERE l.home = $1 AND l.audience = m.audience)))
		 ORDER BY m.seq DESC, f.place LIMIT 1`, tx.home))
	h.Error, h.Fault, h.RefusedSince = failing.Error, failing.Fault, failing.RefusedSince
	return h, err
}

func scanMailbox(s Scanner) (h parcel.MailboxHealth, err error) {
	err = s.Scan(&h.Name, &h.Folder, &h.State, moment{&h.Since}, moment{&h.LastMail}, moment{&h.LastCheck}, &h.Error, decode(&h.Fault))
	return h, err
}

// scanFault scans the reason why sending fails.
func scanFault(s Scanner) (h parcel.OutboxHealth, err error) {
	err = s.Scan(&h.Error, decode(&h.Fault), moment{&h.RefusedSince})
	return h, err
}

func scanNotUnderstood(s Scanner) (n parcel.NotUnderstood, err error) {
	var why string
	err = s.Scan(&n.Mail, &n.Subject, &why, moment{&n.At})
	n.Why = textsOf(why)
	return n, err
}
