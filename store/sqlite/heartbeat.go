package sqlite

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/store/internal/rows"
)

// pulse holds what changes every few seconds and is worthless after a power
// failure. It is a small file beside the database, overwritten in place and never
// synced: in the database it would cost thousands of synced writes a day, which
// wear out SD cards.
type pulse struct {
	Heartbeat store.Heartbeat
	Node      store.Node           // what the daemon says of itself
	Checks    map[string]time.Time // LastCheck of each folder
	Mails     map[string]time.Time // LastMail of each folder
}

// pulseBlock is the size in bytes to which the file is padded, so that one write
// replaces all of it.
const pulseBlock = 1024

// SaveHeartbeat replaces the heartbeat. It is not synced to the disk.
func (db *DB) SaveHeartbeat(ctx context.Context, b store.Heartbeat) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("record the heartbeat: %w", err)
	}
	return db.pulse("record the heartbeat", func(p *pulse) { p.Heartbeat, p.Node = rows.Heartbeat(b), db.self() })
}

// Heartbeat returns the last heartbeat, or the zero value if there is none.
func (db *DB) Heartbeat(context.Context) (store.Heartbeat, error) {
	p, err := db.lastPulse()
	if err != nil {
		return store.Heartbeat{}, fmt.Errorf("read the heartbeat: %w", err)
	}
	return p.Heartbeat, nil
}

func (db *core) pulsePath() string { return db.path + ".alive" }

// pulse changes the heartbeat file.
func (db *core) pulse(doing string, change func(*pulse)) (err error) {
	db.pulsing.Lock()
	defer db.pulsing.Unlock()
	p, err := db.lastPulse()
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	change(&p)
	raw, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if pad := len(raw) % pulseBlock; pad > 0 {
		raw = append(raw, bytes.Repeat([]byte{' '}, pulseBlock-pad)...)
	}
	if err := overwrite(db.pulsePath(), raw); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

func overwrite(path string, raw []byte) (err error) {
	_, missing := os.Stat(path)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|noFollow, 0o600) //nolint:gosec // beside the configured path
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if errors.Is(missing, fs.ErrNotExist) {
		if err := adopt(path); err != nil {
			return err
		}
	}
	if _, err := f.WriteAt(raw, 0); err != nil {
		return err
	}
	return f.Truncate(int64(len(raw)))
}

// lastPulse reads the heartbeat file. A missing file, or one damaged by a power
// failure, counts as empty: it is rewritten within seconds.
func (db *core) lastPulse() (pulse, error) {
	raw, err := os.ReadFile(db.pulsePath())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return pulse{}, err
	}
	var p pulse
	if json.Unmarshal(raw, &p) != nil {
		p = pulse{}
	}
	if p.Checks == nil {
		p.Checks = map[string]time.Time{}
	}
	if p.Mails == nil {
		p.Mails = map[string]time.Time{}
	}
	return p, nil
}

// Health returns the last recorded state of mailboxes, carriers and outbox.
func (db *household) Health(ctx context.Context) (parcel.Health, error) {
	h, err := db.Household.Health(ctx)
	if err != nil {
		return h, err
	}
	p, err := db.lastPulse()
	if err != nil {
		return parcel.Health{}, fmt.Errorf("read health: %w", err)
	}
	for i, m := range h.Mailboxes {
		key := db.folderKey(m)
		h.Mailboxes[i].LastCheck = later(m.LastCheck, p.Checks[key])
		h.Mailboxes[i].LastMail = later(m.LastMail, p.Mails[key])
	}
	return h, nil
}

// SetMailboxHealth records the state of one folder. A zero LastMail or LastCheck
// keeps the recorded one. If only these have changed, they are written to the store
// once an hour and to the heartbeat file otherwise.
func (db *household) SetMailboxHealth(ctx context.Context, h parcel.MailboxHealth) error {
	same, err := db.OnlyChecked(ctx, h)
	if err != nil {
		return err
	}
	if !same {
		return db.Household.SetMailboxHealth(ctx, h)
	}
	return db.pulse("record health of "+h.Name, func(p *pulse) {
		key := db.folderKey(h)
		p.Checks[key] = h.LastCheck
		p.Mails[key] = later(p.Mails[key], h.LastMail)
	})
}

// folderKey is the key of a folder in a pulse.
func (db *household) folderKey(h parcel.MailboxHealth) string {
	return db.home + "/" + h.Name + "/" + h.Folder
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
