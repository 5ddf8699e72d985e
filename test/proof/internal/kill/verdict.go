//go:build linux

package kill

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/proof/internal/report"
	"parcelwatch/test/rig"
)

// settleLimit is how long the daemon may need in the end to read what is left
// and to tell the last news, which it does once a minute.
const settleLimit = 4 * time.Minute

// untold counts the news that some audience has not been told.
const untold = `SELECT count(*) FROM change c WHERE NOT quiet AND (SELECT count(*) FROM told WHERE change_id = c.id) < $1`

// settle lets the daemon live until there is nothing left to do, and ends it
// politely.
func (w *world) settle(ctx context.Context) error {
	if err := w.begin(ctx); err != nil {
		return err
	}
	s, err := w.openStore(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	queries := []func() (int, error){
		func() (int, error) {
			n, err := s.Count(ctx, "SELECT count(*) FROM mail")
			return len(w.delivered()) - n, err
		},
		func() (int, error) { return s.Count(ctx, untold, audiences) },
		func() (int, error) { return s.Count(ctx, "SELECT count(*) FROM fate WHERE state <> 'sent'") },
	}
	for range 5 {
		if _, err = rig.Until(ctx, settleLimit, "everything is read, told and sent", func() bool { return nothing(queries) }); err != nil {
			return err
		}
		if _, err := w.daemon.Stop(5 * time.Second); err != nil {
			return err
		}
		// An answer may have come with the last breath.
		if nothing(queries) {
			return nil
		}
		if err := w.begin(ctx); err != nil {
			return err
		}
	}
	return fmt.Errorf("settle: %w", rig.ErrStillWaiting)
}

// begin starts the daemon and waits for its first word: a signal before that
// ends a program that does not know signals yet.
func (w *world) begin(ctx context.Context) error {
	from := w.daemon.Journal.Len()
	if err := w.daemon.Start(ctx); err != nil {
		return err
	}
	_, err := w.daemon.Journal.Await(ctx, from, "msg=started")
	return err
}

// openStore opens the store, once there is one.
func (w *world) openStore(ctx context.Context) (s *rig.Store, err error) {
	_, werr := rig.Until(ctx, time.Minute, "a store", func() bool {
		s, err = rig.OpenStore(ctx, w.daemon.Site.Store)
		return err == nil
	})
	return s, errors.Join(werr, err)
}

func nothing(queries []func() (int, error)) bool {
	return !slices.ContainsFunc(queries, func(q func() (int, error)) bool {
		n, err := q()
		return err != nil || n != 0
	})
}

// fill writes down what the kills showed.
func (t *tally) fill(c *report.Chapter) {
	table := report.Table{Title: "Moments", Columns: []string{"killed just after", "times"}}
	total := 0
	for i, m := range t.all {
		table.Row(m.name, strconv.Itoa(t.done[i]))
		total += t.done[i]
	}
	missed := t.missed()
	table.Row("together", strconv.Itoa(total))
	c.Tables = append(c.Tables, table)
	c.Find(len(missed) == 0, "every moment of the table came", "%d did not%s", len(missed), first(missed))
	c.Find(len(t.unsound) == 0, "after every kill the store is sound: every page, and what must fit together", "%d stores looked at, %d unsound%s", total, len(t.unsound), first(t.unsound))
	c.Find(len(t.broken) == 0, "what was acknowledged or told is on record: mails that the log calls recorded, digests that the mail server has taken",
		"looked for %d times, not found %d times%s", t.promised, len(t.broken), first(t.broken))
	c.Find(len(t.lost) == 0, "what was on record stays on record", "%d times less than before%s", len(t.lost), first(t.lost))
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return ": " + list[0]
}

// verdict counts in the end.
func (w *world) verdict(ctx context.Context, c *report.Chapter) error {
	s, err := rig.OpenStore(ctx, w.daemon.Site.Store)
	if err != nil {
		return err
	}
	defer s.Close()
	for _, judge := range []func(context.Context, *rig.Store, *report.Chapter) error{w.notices, w.changes, w.messages} {
		if err := judge(ctx, s, c); err != nil {
			return err
		}
	}
	errorLines := 0
	example := ""
	for _, l := range w.daemon.Journal.Since(0) {
		if strings.Contains(l.Text, "level=ERROR") {
			errorLines++
			example = ": " + l.Text
		}
	}
	c.Find(errorLines == 0, "an end is nothing that the next life complains of", "%d errors in %d lines of the log%s", errorLines, w.daemon.Journal.Len(), example)
	return nil
}

// notices: every mail that the mail server took is on record once, and its step
// stands on its parcel's timeline once.
func (w *world) notices(ctx context.Context, s *rig.Store, c *report.Chapter) error {
	sent := w.delivered()
	recorded, err := s.Texts(ctx, "SELECT message_id FROM mail")
	if err != nil {
		return err
	}
	times := map[string]int{}
	for _, id := range recorded {
		times[strings.Trim(id, "<>")]++
	}
	steps := map[string]int{}
	wrong := 0
	for _, l := range sent {
		if times[l.ID()] != 1 {
			wrong++
		}
		steps[l.Number]++
	}
	c.Find(wrong == 0 && len(recorded) == len(sent), "every mail that entered is a notice exactly once",
		"%d mails taken by Dovecot, %d on record, %d of them not exactly once", len(sent), len(recorded), wrong)
	docs, err := s.Texts(ctx, "SELECT doc FROM parcel")
	if err != nil {
		return err
	}
	misread, answered := 0, 0
	for _, doc := range docs {
		var p parcel.Parcel
		if err := json.Unmarshal([]byte(doc), &p); err != nil {
			return fmt.Errorf("read a parcel: %w", err)
		}
		got := 0
		for _, src := range p.Sources {
			if src.Carrier == parcel.SourceMail {
				got += len(src.Events)
			} else if len(src.Events) > 0 {
				answered++
			}
		}
		if len(p.Links) != 1 || steps[string(p.Number())] != got {
			misread++
		}
	}
	c.Find(misread == 0 && len(docs) == len(steps), "every number is one parcel, every mail one event of it",
		"%d numbers, %d parcels, %d of them with another count of events than mails; %d answers of posts on record", len(steps), len(docs), misread, answered)
	return nil
}

// changes: every change was told to everybody, and what is new to a person is
// new once.
func (w *world) changes(ctx context.Context, s *rig.Store, c *report.Chapter) error {
	loud, err := s.Count(ctx, "SELECT count(*) FROM change WHERE NOT quiet")
	if err != nil {
		return err
	}
	left, err := s.Count(ctx, untold, audiences)
	if err != nil {
		return err
	}
	c.Find(left == 0 && loud > 0, "every change was told", "%d changes to %d people, %d not told to all", loud, audiences, left)
	numbers, err := s.Texts(ctx, "SELECT number FROM number")
	if err != nil {
		return err
	}
	fresh, named, err := w.told()
	if err != nil {
		return err
	}
	missing, twice := 0, 0
	for i := range audiences {
		for _, n := range numbers {
			key := fmt.Sprintf("a%d@example.org %s", i, n)
			if !named[key] {
				missing++
			}
			if fresh[key] > 1 {
				twice++
			}
		}
	}
	c.Find(missing == 0 && twice == 0, "nothing is forgotten, nothing is told twice",
		"of %d parcels each told to %d people, %d are in no digest, %d are new in more than one", len(numbers), audiences, missing, twice)
	return nil
}

// told counts in how many digests a number is new, and says which numbers are
// named in any, by recipient and number.
func (w *world) told() (fresh map[string]int, named map[string]bool, err error) {
	fresh, named = map[string]int{}, map[string]bool{}
	for _, m := range distinct(w.sink.Mails()) {
		d, err := lab.ReadDigest(m.Raw)
		if err != nil {
			return nil, nil, err
		}
		for _, n := range d.News {
			fresh[m.To[0]+" "+n]++
		}
		for _, n := range d.Named {
			named[m.To[0]+" "+n] = true
		}
	}
	return fresh, named, nil
}

// messages: a repetition is the same mail, byte for byte.
func (w *world) messages(ctx context.Context, s *rig.Store, c *report.Chapter) error {
	made, err := s.Texts(ctx, "SELECT id FROM message")
	if err != nil {
		return err
	}
	taken := w.sink.Mails()
	bodies := map[string][]byte{}
	differ, repeated := 0, 0
	for _, m := range taken {
		id := strings.Trim(m.ID, "<>")
		if before, again := bodies[id]; again {
			repeated++
			if !bytes.Equal(before, m.Raw) {
				differ++
			}
		}
		bodies[id] = m.Raw
	}
	missing := 0
	for _, id := range made {
		if bodies[id] == nil {
			missing++
		}
	}
	c.Find(missing == 0 && differ == 0 && len(bodies) == len(made), "digests repeat only with the same Message-ID",
		"%d digests made, %d arrived, %d mails taken: %d repetitions, %d of them not byte for byte the same", len(made), len(made)-missing, len(taken), repeated, differ)
	return nil
}

// distinct leaves out repetitions.
func distinct(mails []rig.Taken) []rig.Taken {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(mails), func(m rig.Taken) bool {
		again := seen[m.ID]
		seen[m.ID] = true
		return again
	})
}
