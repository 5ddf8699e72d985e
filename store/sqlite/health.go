package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

const showNotUnderstood = 50

// Health is what works and what is broken since when, as last recorded.
func (db *DB) Health(ctx context.Context) (h parcel.Health, err error) {
	err = db.read(ctx, "read health", func(tx *sql.Tx) error {
		var err error
		if h.Mailboxes, err = list(ctx, tx, scanMailbox,
			`SELECT name, folder, state, since, last_mail, last_check, error, fault FROM mailbox_state ORDER BY name, folder`); err != nil {
			return fmt.Errorf("list mailboxes: %w", err)
		}
		if h.Carriers, err = carrierHealths(ctx, tx, db.now()); err != nil {
			return err
		}
		if h.Outbox, err = outboxHealth(ctx, tx); err != nil {
			return fmt.Errorf("count the outbox: %w", err)
		}
		h.NotUnderstood, err = list(ctx, tx, scanNotUnderstood,
			`SELECT mail, subject, why, at FROM not_understood ORDER BY at DESC, mail LIMIT $1`, showNotUnderstood)
		return err
	})
	if err != nil {
		return parcel.Health{}, err
	}
	return h, nil
}

// SetMailboxHealth records the state of one folder. A last mail or last check
// that is not given stays what it was: a watcher that starts knows neither.
func (db *DB) SetMailboxHealth(ctx context.Context, h parcel.MailboxHealth) error {
	return db.write(ctx, "record health of "+h.Name, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx,
			`INSERT INTO mailbox_state (name, folder, state, since, last_mail, last_check, error, fault)
			 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			 ON CONFLICT (name, folder) DO UPDATE SET state = excluded.state, since = excluded.since,
			   last_mail = coalesce(excluded.last_mail, mailbox_state.last_mail),
			   last_check = coalesce(excluded.last_check, mailbox_state.last_check), error = excluded.error, fault = excluded.fault`,
			h.Name, h.Folder, string(h.State), stamp(h.Since), stamp(h.LastMail), stamp(h.LastCheck), line(h.Error), faultText(h.Fault))
		return err
	})
}

// KeepMailboxes drops the states of folders other than the ones named, which
// are no longer configured. Positions stay, so that a folder can come back.
func (db *DB) KeepMailboxes(ctx context.Context, watched []parcel.MailboxHealth) error {
	return db.write(ctx, "drop states of mailboxes", func(tx *sql.Tx) error {
		have, err := list(ctx, tx, scanMailbox,
			`SELECT name, folder, state, since, last_mail, last_check, error, fault FROM mailbox_state`)
		if err != nil {
			return err
		}
		for _, h := range have {
			if slices.ContainsFunc(watched, func(w parcel.MailboxHealth) bool { return w.Name == h.Name && w.Folder == h.Folder }) {
				continue
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM mailbox_state WHERE name = $1 AND folder = $2`, h.Name, h.Folder); err != nil {
				return err
			}
		}
		return nil
	})
}

// SetBeat records a sign of life of the daemon.
func (db *DB) SaveHeartbeat(ctx context.Context, b store.Heartbeat) error {
	return db.write(ctx, "record the heartbeat", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx,
			`INSERT INTO alive (id, started, at, pid, version, next_digest) VALUES (1, $1, $2, $3, $4, $5)
			 ON CONFLICT (id) DO UPDATE SET started = excluded.started, at = excluded.at, pid = excluded.pid,
			   version = excluded.version, next_digest = excluded.next_digest`,
			stamp(b.Started), stamp(b.At), b.PID, line(b.Version), stamp(b.NextDigest))
		return err
	})
}

// Beat is the last sign of life; the zero value when there never was one.
func (db *DB) Heartbeat(ctx context.Context) (b store.Heartbeat, err error) {
	err = db.read(ctx, "read the heartbeat", func(tx *sql.Tx) error {
		found, err := list(ctx, tx, scanBeat, `SELECT started, at, pid, version, next_digest FROM alive`)
		if len(found) > 0 {
			b = found[0]
		}
		return err
	})
	return b, err
}

// outboxHealth counts messages that still have a recipient to try. The error is
// of the newest message in trouble: waiting, or refused and not followed by
// another one to the same audience.
func outboxHealth(ctx context.Context, tx *sql.Tx) (parcel.OutboxHealth, error) {
	var (
		h      parcel.OutboxHealth
		oldest sql.NullInt64
	)
	if err := tx.QueryRowContext(ctx,
		`SELECT count(*), min(made_at) FROM message WHERE seq IN
		 (SELECT message_seq FROM fate WHERE state IN ('waiting', 'ambiguous'))`).Scan(&h.Waiting, &oldest); err != nil {
		return h, err
	}
	h.Oldest = moment(oldest)
	errs, err := list(ctx, tx, scanWhy,
		`SELECT f.error, f.fault FROM fate f JOIN message m ON m.seq = f.message_seq
		 WHERE f.error <> '' AND (f.state IN ('waiting', 'ambiguous') OR (f.state = 'refused'
		   AND m.seq = (SELECT max(seq) FROM message l WHERE l.audience = m.audience)))
		 ORDER BY m.seq DESC, f.place LIMIT 1`)
	if len(errs) > 0 {
		h.Error, h.Fault = errs[0].Error, errs[0].Fault
	}
	return h, err
}

func scanMailbox(s scanner) (parcel.MailboxHealth, error) {
	var (
		h                       parcel.MailboxHealth
		since, lastMail, lastOK sql.NullInt64
		fault                   string
	)
	err := s.Scan(&h.Name, &h.Folder, &h.State, &since, &lastMail, &lastOK, &h.Error, &fault)
	h.Since, h.LastMail, h.LastCheck, h.Fault = moment(since), moment(lastMail), moment(lastOK), faultOf(fault)
	return h, err
}

// scanWhy reads why sending fails.
func scanWhy(s scanner) (store.Delivery, error) {
	var (
		f     store.Delivery
		fault string
	)
	err := s.Scan(&f.Error, &fault)
	f.Fault = faultOf(fault)
	return f, err
}

func scanNotUnderstood(s scanner) (parcel.NotUnderstood, error) {
	var (
		n  parcel.NotUnderstood
		at sql.NullInt64
	)
	err := s.Scan(&n.Mail, &n.Subject, &n.Why, &at)
	n.At = moment(at)
	return n, err
}

func scanBeat(s scanner) (store.Heartbeat, error) {
	var (
		b                 store.Heartbeat
		started, at, next sql.NullInt64
	)
	err := s.Scan(&started, &at, &b.PID, &b.Version, &next)
	b.Started, b.At, b.NextDigest = moment(started), moment(at), moment(next)
	return b, err
}
