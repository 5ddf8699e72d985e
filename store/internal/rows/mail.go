package rows

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

const keepNotUnderstood = 200

// Checkpoint returns how far a folder has been read, or zero if it never was.
func (db *Household) Checkpoint(ctx context.Context, mailbox, folder string) (store.Checkpoint, error) {
	return first(query(ctx, db.to("read checkpoint"), scanCheckpoint,
		`SELECT uidvalidity, uid, scanned FROM position WHERE home = $3 AND mailbox = $1 AND folder = $2`, mailbox, folder))
}

// SaveCheckpoint moves the checkpoint forward. With the same UIDVALIDITY it never
// goes back; another UIDVALIDITY replaces it.
func (db *Household) SaveCheckpoint(ctx context.Context, mailbox, folder string, p store.Checkpoint) error {
	return db.write(ctx, "save checkpoint", func(tx homeTx) error {
		return moveCheckpoint(ctx, tx, mailbox, folder, p)
	})
}

// SetAside records a mail that cannot be read or handled.
func (db *Household) SetAside(ctx context.Context, ref parcel.MailRef, subject string, why message.Text, at time.Time) error {
	return db.write(ctx, "set a mail aside", func(tx homeTx) error {
		return recordNotUnderstood(ctx, tx, parcel.NotUnderstood{Mail: ref.String(), Subject: subject, Why: []message.Text{why}, At: at}, db.db.Now())
	})
}

// Withheld returns the mails that the server has not handed over yet.
func (db *Household) Withheld(ctx context.Context, mailbox, folder string, validity uint32) ([]store.Withheld, error) {
	list, err := query(ctx, db.to("list withheld mail"), scanWithheld,
		`SELECT uid, since, next, tries FROM withheld WHERE home = $4 AND mailbox = $1 AND folder = $2 AND uidvalidity = $3 ORDER BY uid`, mailbox, folder, validity)
	if err != nil {
		return nil, err
	}
	old, err := query(ctx, db.to("list withheld mail"), scanWithheld,
		`SELECT uid, since, next, tries FROM withheld WHERE home = $4 AND mailbox = $1 AND folder = $2 AND uidvalidity <> $3 LIMIT 1`, mailbox, folder, validity)
	if err != nil || len(old) == 0 {
		return list, err
	}
	return list, db.write(ctx, "forget withheld mail", func(tx homeTx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM withheld WHERE home = $4 AND mailbox = $1 AND folder = $2 AND uidvalidity <> $3`, mailbox, folder, validity, tx.home)
		return wrap(err, "forget mail of an earlier numbering of %s/%s", mailbox, folder)
	})
}

// Withhold records when to ask for a mail again.
func (db *Household) Withhold(ctx context.Context, ref parcel.MailRef, w store.Withheld) error {
	return db.write(ctx, "withhold a mail", func(tx homeTx) error {
		_, err := tx.ExecContext(ctx,
			`INSERT INTO withheld (mailbox, folder, uidvalidity, uid, since, next, tries, home) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			 ON CONFLICT (home, mailbox, folder, uidvalidity, uid) DO UPDATE SET next = excluded.next, tries = excluded.tries`,
			ref.Mailbox, ref.Folder, ref.UIDValidity, ref.UID, w.Since.UnixMilli(), w.Next.UnixMilli(), w.Tries, tx.home)
		return wrap(err, "withhold mail %s", ref)
	})
}

// ReleaseMail forgets that a mail was withheld.
func (db *Household) ReleaseMail(ctx context.Context, ref parcel.MailRef, gone bool) error {
	return db.write(ctx, "release a mail", func(tx homeTx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM withheld WHERE home = $5 AND mailbox = $1 AND folder = $2 AND uidvalidity = $3 AND uid = $4`,
			ref.Mailbox, ref.Folder, ref.UIDValidity, ref.UID, tx.home)
		if err == nil && gone {
			_, err = tx.ExecContext(ctx, `DELETE FROM not_understood WHERE home = $2 AND mail = $1`, ref.String(), tx.home)
		}
		return wrap(err, "release mail %s", ref)
	})
}

// importMail marks the scope's mail as imported. It reports whether the mail was imported
// before, under this UID or another.
func importMail(ctx context.Context, tx homeTx, scope store.Scope) (known bool, err error) {
	m := *scope.Mail
	if known, err = mailKnown(ctx, tx, scope); err != nil {
		return false, err
	}
	added, err := tx.ExecContext(ctx,
		`INSERT INTO mail (mailbox, folder, uidvalidity, uid, message_id, digest, imported_at, home)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		m.Mailbox, m.Folder, m.UIDValidity, m.UID, line(scope.MessageID), scope.Digest, scope.Now.UnixMilli(), tx.home)
	return known || added == 0, wrap(err, "mark mail %s", m)
}

// mailKnown recognizes a mail by the same bytes anywhere in the mailbox, and by its
// Message-ID if the folder has a new UIDVALIDITY, since the server may have changed
// headers as well. Within one UIDVALIDITY a Message-ID proves nothing: senders reuse
// them, and reading a mail twice is harmless, while skipping one is not.
func mailKnown(ctx context.Context, tx homeTx, scope store.Scope) (bool, error) {
	m := *scope.Mail
	known, err := exists(ctx, tx,
		`SELECT 1 FROM mail WHERE home = $1 AND digest = $5 AND digest <> '' AND mailbox = $2 UNION ALL
		 SELECT 1 FROM mail WHERE home = $1 AND message_id = $6 AND message_id <> '' AND mailbox = $2 AND (folder <> $3 OR uidvalidity <> $4) LIMIT 1`,
		tx.home, m.Mailbox, m.Folder, m.UIDValidity, scope.Digest, line(scope.MessageID))
	return known, wrap(err, "look for mail %s", m)
}

// moveCheckpoints moves the checkpoints of folders past the mails of decisions, once for
// mails of the same folder that follow each other.
func moveCheckpoints(ctx context.Context, tx homeTx, done []*apply) error {
	var last parcel.MailRef
	move := func() error {
		if last == (parcel.MailRef{}) {
			return nil
		}
		return moveCheckpoint(ctx, tx, last.Mailbox, last.Folder, store.Checkpoint{UIDValidity: last.UIDValidity, UID: last.UID})
	}
	for _, a := range done {
		if a.scope.Mail == nil {
			continue
		}
		m, same := *a.scope.Mail, last
		if same.UID = m.UID; m == same {
			last.UID = max(last.UID, m.UID)
			continue
		}
		if err := move(); err != nil {
			return err
		}
		last = m
	}
	return move()
}

func moveCheckpoint(ctx context.Context, tx homeTx, mailbox, folder string, p store.Checkpoint) error {
	_, err := tx.ExecContext(ctx,
		`INSERT INTO position (mailbox, folder, uidvalidity, uid, scanned, home) VALUES ($1, $2, $3, $4, $5, $6)
		 ON CONFLICT (home, mailbox, folder) DO UPDATE SET
		   uid = CASE WHEN position.uidvalidity = excluded.uidvalidity AND position.uid > excluded.uid
		         THEN position.uid ELSE excluded.uid END,
		   scanned = excluded.scanned OR (position.scanned AND position.uidvalidity = excluded.uidvalidity),
		   uidvalidity = excluded.uidvalidity`,
		mailbox, folder, p.UIDValidity, p.UID, p.Scanned, tx.home)
	return wrap(err, "move the checkpoint of %s/%s", mailbox, folder)
}

func recordNotUnderstood(ctx context.Context, tx homeTx, n parcel.NotUnderstood, now time.Time) error {
	if _, err := tx.ExecContext(ctx,
		`INSERT INTO not_understood (mail, subject, why, at, home) VALUES ($1, $2, $3, $4, $5)
		 ON CONFLICT (home, mail) DO UPDATE SET subject = excluded.subject, why = excluded.why, at = excluded.at`,
		n.Mail, line(n.Subject), textsJSON(n.Why), cmp.Or(n.At, now).UnixMilli(), tx.home); err != nil {
		return fmt.Errorf("record the mail's fault: %w", err)
	}
	_, err := tx.ExecContext(ctx,
		`DELETE FROM not_understood WHERE home = $2 AND mail NOT IN
		 (SELECT mail FROM not_understood WHERE home = $2 ORDER BY at DESC, mail LIMIT $1)`, keepNotUnderstood, tx.home)
	return wrap(err, "bound the list of faults")
}

func scanCheckpoint(s Scanner) (p store.Checkpoint, err error) {
	err = s.Scan(&p.UIDValidity, &p.UID, &p.Scanned)
	return p, err
}

func scanWithheld(s Scanner) (w store.Withheld, err error) {
	var since, next int64
	err = s.Scan(&w.UID, &since, &next, &w.Tries)
	w.Since, w.Next = time.UnixMilli(since).UTC(), time.UnixMilli(next).UTC()
	return w, err
}
