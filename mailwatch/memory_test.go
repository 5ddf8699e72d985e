package mailwatch_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"parcelwatch/internal/locale"
	texts "parcelwatch/internal/message"
	"parcelwatch/mailwatch"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

// memPositions keeps checkpoints in memory as the contract requires.
type memPositions struct {
	withheld map[parcel.MailRef]store.Withheld
	mu       sync.Mutex
	at       map[string]store.Checkpoint
	asides   []string
	saves    int
	fail     error
}

func newPositions() *memPositions {
	return &memPositions{at: map[string]store.Checkpoint{}}
}

func (p *memPositions) Checkpoint(_ context.Context, mailbox, folder string) (store.Checkpoint, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at[mailbox+"/"+folder], p.fail
}

func (p *memPositions) SaveCheckpoint(_ context.Context, mailbox, folder string, n store.Checkpoint) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fail != nil {
		return p.fail
	}
	old := p.at[mailbox+"/"+folder]
	if old.UIDValidity == n.UIDValidity {
		n.UID, n.Scanned = max(n.UID, old.UID), n.Scanned || old.Scanned
	}
	p.at[mailbox+"/"+folder] = n
	p.saves++
	return nil
}

func (p *memPositions) SetAside(_ context.Context, ref parcel.MailRef, subject string, why texts.Text, _ time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fail != nil {
		return p.fail
	}
	p.asides = append(p.asides, fmt.Sprintf("%s %q: %s", ref, subject, locale.English(why)))
	return nil
}

func (p *memPositions) Withheld(_ context.Context, _, _ string, validity uint32) ([]store.Withheld, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	maps.DeleteFunc(p.withheld, func(ref parcel.MailRef, _ store.Withheld) bool { return ref.UIDValidity != validity })
	return slices.Collect(maps.Values(p.withheld)), nil
}

func (p *memPositions) Withhold(_ context.Context, ref parcel.MailRef, w store.Withheld) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.withheld == nil {
		p.withheld = map[parcel.MailRef]store.Withheld{}
	}
	p.withheld[ref] = w
	return nil
}

func (p *memPositions) ReleaseMail(_ context.Context, ref parcel.MailRef, _ bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.withheld, ref)
	return nil
}

// recording moves the checkpoint with each mail, like a real handler.
func (p *memPositions) recording(handle func(context.Context, mailwatch.Mail) error) mailwatch.Handler {
	return each(func(ctx context.Context, m mailwatch.Mail) error {
		if err := handle(ctx, m); err != nil {
			return err
		}
		c := store.Checkpoint{UIDValidity: m.Ref.UIDValidity, UID: m.Ref.UID}
		if err := p.SaveCheckpoint(ctx, m.Ref.Mailbox, m.Ref.Folder, c); err != nil {
			return fmt.Errorf("%w: %w", mailwatch.ErrLater, err)
		}
		return nil
	})
}

// each is a handler that handles mails one by one. A panic does not undo those before it.
func each(handle func(context.Context, mailwatch.Mail) error) mailwatch.Handler {
	return func(ctx context.Context, mails []mailwatch.Mail) (handled int, err error) {
		defer func() {
			if v := recover(); v != nil {
				err = mailwatch.Permanent(fmt.Errorf("%v", v))
			}
		}()
		for ; handled < len(mails); handled++ {
			if err := handle(ctx, mails[handled]); err != nil {
				return handled, err
			}
		}
		return handled, nil
	}
}

func (p *memPositions) get(folder string) store.Checkpoint {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at["home/"+folder]
}

func (p *memPositions) saved() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.saves
}

func (p *memPositions) setFail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fail = err
}

func (p *memPositions) setAside() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asides)
}

// inbox is a handler that keeps the mails.
type inbox struct {
	mu     sync.Mutex
	mails  []mailwatch.Mail
	times  []time.Time
	before func(mailwatch.Mail) error
}

func (i *inbox) handle(_ context.Context, m mailwatch.Mail) error {
	i.mu.Lock()
	before := i.before
	i.mu.Unlock()
	if before != nil {
		if err := before(m); err != nil {
			return err
		}
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.mails, i.times = append(i.mails, m), append(i.times, time.Now())
	return nil
}

func (i *inbox) subjects() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	out := []string{}
	for _, m := range i.mails {
		out = append(out, subjectOf(m))
	}
	return out
}

func subjectOf(m mailwatch.Mail) string {
	for line := range strings.SplitSeq(string(m.Raw), "\r\n") {
		if s, ok := strings.CutPrefix(line, "Subject: "); ok {
			return s
		}
	}
	return "?"
}
