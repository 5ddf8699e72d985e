package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

const keepNotUnderstood = 200

// Position is the place reached in a folder; the zero value for one never read.
func (db *DB) Checkpoint(ctx context.Context, mailbox, folder string) (p store.Checkpoint, err error) {
	err = db.read(ctx, "read position", func(tx *sql.Tx) error {
		found, err := list(ctx, tx, scanPosition,
			`SELECT uidvalidity, uid, scanned FROM position WHERE mailbox = $1 AND folder = $2`, mailbox, folder)
		if len(found) > 0 {
			p = found[0]
		}
		return err
	})
	return p, err
}

// SavePosition moves the place forward. With another UIDVALIDITY it starts anew;
// with the same one it never goes back.
func (db *DB) SaveCheckpoint(ctx context.Context, mailbox, folder string, p store.Checkpoint) error {
	return db.write(ctx, "save position", func(tx *sql.Tx) error {
		return movePosition(ctx, tx, mailbox, folder, p)
	})
}

// SetAside records a mail whose handling or reading keeps failing.
func (db *DB) SetAside(ctx context.Context, ref parcel.MailRef, subject, why string, at time.Time) error {
	return db.write(ctx, "set a mail aside", func(tx *sql.Tx) error {
		return recordNotUnderstood(ctx, tx, parcel.NotUnderstood{Mail: ref.String(), Subject: subject, Why: why, At: at}, db.now())
	})
}

// importMail marks the scope's mail as imported and moves the position. It
// reports whether the mail was imported before, under this or another place.
func importMail(ctx context.Context, tx *sql.Tx, scope store.Scope) (known bool, err error) {
	m := *scope.Mail
	if known, err = mailKnown(ctx, tx, scope); err != nil {
		return false, err
	}
	if _, err := tx.ExecContext(ctx,
		`INSERT INTO mail (mailbox, folder, uidvalidity, uid, message_id, digest, imported_at)
		 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		m.Mailbox, m.Folder, m.UIDValidity, m.UID, line(scope.MessageID), scope.Digest, scope.Now.UnixMilli()); err != nil {
		return false, fmt.Errorf("mark mail %s: %w", m, err)
	}
	return known, movePosition(ctx, tx, m.Mailbox, m.Folder, store.Checkpoint{UIDValidity: m.UIDValidity, UID: m.UID})
}

// mailKnown knows a mail by its place; by the same bytes anywhere in the
// mailbox; and by its Message-ID where the folder's numbering is another, since
// a server that counts anew may also change headers. Within one numbering a
// Message-ID proves nothing: senders use one twice, and reading a mail a second
// time is harmless, while passing one over is not.
func mailKnown(ctx context.Context, tx *sql.Tx, scope store.Scope) (bool, error) {
	m := *scope.Mail
	known, err := exists(ctx, tx,
		`SELECT 1 FROM mail WHERE mailbox = $1 AND folder = $2 AND uidvalidity = $3 AND uid = $4`,
		m.Mailbox, m.Folder, m.UIDValidity, m.UID)
	if err == nil && !known && scope.Digest != "" {
		known, err = exists(ctx, tx,
			`SELECT 1 FROM mail WHERE digest = $1 AND digest <> '' AND mailbox = $2 LIMIT 1`, scope.Digest, m.Mailbox)
	}
	if err == nil && !known && scope.MessageID != "" {
		known, err = exists(ctx, tx,
			`SELECT 1 FROM mail WHERE message_id = $1 AND message_id <> '' AND mailbox = $2
			 AND (folder <> $3 OR uidvalidity <> $4) LIMIT 1`, line(scope.MessageID), m.Mailbox, m.Folder, m.UIDValidity)
	}
	if err != nil {
		return false, fmt.Errorf("look for mail %s: %w", m, err)
	}
	return known, nil
}

func movePosition(ctx context.Context, tx *sql.Tx, mailbox, folder string, p store.Checkpoint) error {
	_, err := tx.ExecContext(ctx,
		`INSERT INTO position (mailbox, folder, uidvalidity, uid, scanned) VALUES ($1, $2, $3, $4, $5)
		 ON CONFLICT (mailbox, folder) DO UPDATE SET
		   uid = CASE WHEN position.uidvalidity = excluded.uidvalidity AND position.uid > excluded.uid
		         THEN position.uid ELSE excluded.uid END,
		   scanned = excluded.scanned OR (position.scanned AND position.uidvalidity = excluded.uidvalidity),
		   uidvalidity = excluded.uidvalidity`,
		mailbox, folder, p.UIDValidity, p.UID, p.Scanned)
	if err != nil {
		return fmt.Errorf("move position in %s/%s: %w", mailbox, folder, err)
	}
	return nil
}

func recordNotUnderstood(ctx context.Context, tx *sql.Tx, n parcel.NotUnderstood, now time.Time) error {
	if _, err := tx.ExecContext(ctx,
		`INSERT INTO not_understood (mail, subject, why, at) VALUES ($1, $2, $3, $4)
		 ON CONFLICT (mail) DO UPDATE SET subject = excluded.subject, why = excluded.why, at = excluded.at`,
		n.Mail, line(n.Subject), line(n.Why), orNow(n.At, now).UnixMilli()); err != nil {
		return fmt.Errorf("record the mail's fault: %w", err)
	}
	if _, err := tx.ExecContext(ctx,
		`DELETE FROM not_understood WHERE mail NOT IN (SELECT mail FROM not_understood ORDER BY at DESC, mail LIMIT $1)`,
		keepNotUnderstood); err != nil {
		return fmt.Errorf("bound the list of faults: %w", err)
	}
	return nil
}

func scanPosition(s scanner) (store.Checkpoint, error) {
	var p store.Checkpoint
	err := s.Scan(&p.UIDValidity, &p.UID, &p.Scanned)
	return p, err
}
