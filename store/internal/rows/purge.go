package rows

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// mention is a table in whose rows a purged number or order may stand.
type mention struct {
	key   []string // columns that tell its rows apart
	text  string
	of    string // its rows
	clear string // removes the word from the row with the key, whose parameters begin at $2
}

// mentioning lists the tables. Answers and errors of carriers are shared by all
// households; $1, the household, is not used there.
func mentioning() []mention {
	const shared, fault = `$1 = $1`, `error || ' ' || fault`
	return []mention{
		{[]string{"id"}, `doc`, `change WHERE home = $1`, `DELETE FROM change WHERE home = $1 AND id = $2`},
		{[]string{"mail"}, `subject || ' ' || why`, `not_understood WHERE home = $1`, `DELETE FROM not_understood WHERE home = $1 AND mail = $2`},
		{
			[]string{"mailbox", "folder", "uidvalidity", "uid"}, `message_id`, `mail WHERE home = $1`, // its hash stays
			`UPDATE mail SET message_id = '' WHERE home = $1 AND mailbox = $2 AND folder = $3 AND uidvalidity = $4 AND uid = $5`,
		},
		{
			[]string{"message_seq", "recipient"},
			fault, `fate WHERE home = $1`,
			`UPDATE fate SET error = '', fault = '' WHERE home = $1 AND message_seq = $2 AND recipient = $3`,
		},
		{
			[]string{"name", "folder"},
			fault, `mailbox_state WHERE home = $1`,
			`UPDATE mailbox_state SET error = '', fault = '' WHERE home = $1 AND name = $2 AND folder = $3`,
		},
		{[]string{"id"}, `raw`, `answer WHERE ` + shared, `DELETE FROM answer WHERE ` + shared + ` AND id = $2`},
		{
			[]string{"name"},
			fault + ` || ' ' || note`, `carrier_state WHERE ` + shared,
			`UPDATE carrier_state SET error = '', fault = '', note = '' WHERE ` + shared + ` AND name = $2`,
		},
	}
}

// purgeRecords deletes what other rows say about the words, which are the numbers and
// orders of purged parcels, and the text of all digests sent since.
func purgeRecords(ctx context.Context, tx homeTx, words map[string]bool, since time.Time) error {
	for _, table := range mentioning() {
		keys, err := table.rows(ctx, tx, words)
		if err != nil {
			return err
		}
		for _, key := range keys {
			if _, err := tx.ExecContext(ctx, table.clear, append([]any{tx.home}, key...)...); err != nil {
				return err
			}
		}
	}
	if err := unlinkOthers(ctx, tx, words); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `UPDATE message SET raw = '' WHERE home = $2 AND made_at >= $1 AND length(raw) > 0 AND NOT EXISTS
		(SELECT 1 FROM fate WHERE fate.home = $2 AND message_seq = seq AND state IN ('waiting', 'ambiguous'))`, since.UnixMilli(), tx.home)
	return err
}

// rows returns the keys of the rows whose text contains one of the words.
func (m mention) rows(ctx context.Context, tx homeTx, words map[string]bool) (keys [][]any, err error) {
	apart := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	err = tx.Each(ctx, func(row Scanner) error {
		var text []byte
		key, dest := make([]any, len(m.key)), []any{&text}
		for i := range key {
			dest = append(dest, &key[i])
		}
		if err := row.Scan(dest...); err != nil {
			return err
		}
		for word := range bytes.FieldsFuncSeq(text, apart) {
			if words[string(word)] {
				keys = append(keys, key)
				break
			}
		}
		return nil
	}, `SELECT `+m.text+`, `+strings.Join(m.key, ", ")+` FROM `+m.of, tx.home)
	return keys, err
}

// unlinkOthers removes the numbers from the parcels that may be the same or from
// which they were split off.
func unlinkOthers(ctx context.Context, tx homeTx, words map[string]bool) error {
	keys, err := mention{key: []string{"id"}, text: "doc", of: "parcel WHERE home = $1"}.rows(ctx, tx, words)
	if err != nil {
		return err
	}
	for _, key := range keys {
		p, err := scanParcel(tx.QueryRowContext(ctx, `SELECT id, doc FROM parcel WHERE home = $2 AND id = $1`, key[0], tx.home))
		if err != nil {
			return err
		}
		before := linksOf(&p)
		p.Maybe = slices.DeleteFunc(p.Maybe, func(l parcel.Link) bool { return words[string(l.Number)] })
		p.NeverJoin = slices.DeleteFunc(p.NeverJoin, func(n number.Number) bool { return words[string(n)] })
		doc, err := json.Marshal(p)
		if err != nil {
			return wrap(err, "write parcel %d", p.ID)
		}
		if err := updateParcel(ctx, tx, &p, before, doc); err != nil {
			return err
		}
	}
	return nil
}
