package mailwatch

import (
	"context"
	"maps"
	"slices"
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/store"
)

// giveUp is how long a mail is asked for that the server does not hand over.
const giveUp = 72 * time.Hour

// askAgain returns the time until the next try after a number of tries; the last one repeats.
func askAgain(tries int) time.Duration {
	steps := []time.Duration{5 * time.Second, 20 * time.Second, time.Minute, 5 * time.Minute, 20 * time.Minute, time.Hour, 4 * time.Hour}
	return steps[min(tries, len(steps)-1)]
}

// released is a mail that is no longer waited for.
type released struct {
	uid  uint32
	gone bool // it needs no mention any more
}

// withhold plans when to ask again for the mails of a batch that were not handed over.
func (r *reader) withhold(b *batch, now time.Time) {
	b.released = slices.DeleteFunc(b.released, func(done released) bool {
		return slices.ContainsFunc(b.aside, func(a aside) bool { return a.uid == done.uid })
	})
	for _, done := range b.released {
		delete(r.waiting, done.uid)
	}
	for i, a := range b.aside {
		w, known := r.waiting[a.uid]
		if !known {
			w = store.Withheld{UID: a.uid, Since: now}
		}
		if !a.later || now.Sub(w.Since) > giveUp {
			delete(r.waiting, a.uid)
			if known {
				b.released = append(b.released, released{uid: a.uid})
			}
			continue
		}
		w.Next = now.Add(askAgain(w.Tries))
		w.Tries++
		r.waiting[a.uid] = w
		b.again = append(b.again, w)
		b.aside[i].why, b.aside[i].named = a.why.And(message.New("do_wait")), known
	}
}

// due returns when to look again at the latest, zero for no such time.
func (r *reader) due(now time.Time) (at time.Time) {
	if !r.late.short.IsZero() {
		at = now.Add(lookAgain)
	}
	for _, w := range r.waiting {
		if at.IsZero() || w.Next.Before(at) {
			at = w.Next
		}
	}
	return at
}

// askWithheld asks again for the mails that are due.
func (r *reader) askWithheld(ctx context.Context, s *session) error {
	r.sinceDate, r.chosen, r.hasty = time.Time{}, false, true
	defer func() { r.hasty = false }()
	for _, uid := range slices.Sorted(maps.Keys(r.waiting)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if time.Now().Before(r.waiting[uid].Next) {
			continue
		}
		heads, lost, err := r.heads(ctx, s, []uint32{uid})
		if err != nil {
			return err
		}
		b := batch{aside: lost}
		if len(heads) == 1 && r.wanted(heads[0]) {
			b.released = []released{{uid: uid}}
			if err := r.fill(ctx, s, &b, heads, min(heads[0].size, r.account.MaxSize)); err != nil {
				return err
			}
		} else if len(lost) == 0 {
			b.released = []released{{uid: uid, gone: true}}
		}
		if err := r.send(ctx, s, b); err != nil {
			return err
		}
	}
	return nil
}
