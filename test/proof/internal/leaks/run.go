package leaks

import (
	"context"
	"fmt"
	"time"

	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/proof/internal/report"
	"parcelwatch/test/rig"
)

// warm is how many readings of the configuration come before the first count.
const warm = 10

// mostOfStore is three files for the writer and each of the store's readers.
const mostOfStore = 3 * 5

// Run is the chapter.
func Run(ctx context.Context, env *lab.Env) (report.Chapter, error) {
	c := report.Chapter{
		Name: "leaks", Title: "Leaks",
		Intro: fmt.Sprintf("The real daemon watches %d mailboxes on a real Dovecot. The server ends all their connections, over and over; "+
			"the daemon reads its configuration again, over and over. What it holds open is counted before and after.", mailboxes),
	}
	return c, daemon(ctx, env, &c)
}

// daemon counts what the real process holds.
func daemon(ctx context.Context, env *lab.Env, c *report.Chapter) error {
	var w watcher
	defer func() { w.close(ctx) }()
	if err := w.start(ctx, env); err != nil {
		return err
	}
	// The store opens its readers when they are first needed at the same time.
	for range warm {
		if err := w.reload(ctx); err != nil {
			return fmt.Errorf("first readings of the configuration: %w", err)
		}
	}
	t := report.Table{Title: "What the daemon holds open", Columns: []string{"after", "files"}}
	began, err := w.settled(ctx, 0)
	if err != nil {
		return err
	}
	t.Row(fmt.Sprintf("the start and %d readings of the configuration", warm), began.String())
	for _, cause := range []struct {
		what  string
		times int
		do    func(context.Context) error
		each  int
	}{
		{"connections ended by the server", env.Pick(1, 2, 6), w.drop, mailboxes},
		{"readings of the configuration", env.Pick(10, 50, 500), w.reload, 1},
	} {
		for i := range cause.times {
			if err := cause.do(ctx); err != nil {
				return fmt.Errorf("%s, time %d: %w", cause.what, i+1, err)
			}
		}
		now, err := w.settled(ctx, began.leaky())
		if err != nil {
			return err
		}
		t.Row(fmt.Sprintf("%d %s", cause.times*cause.each, cause.what), now.String())
		after := fmt.Sprintf("after %d %s ", cause.times*cause.each, cause.what)
		c.Find(now.leaky() <= began.leaky(), after+"no more files are open than before, the store's aside", "%d, %d before", now.leaky(), began.leaky())
		c.Find(now.kinds[ofStore] <= mostOfStore, fmt.Sprintf("%sat most %d of the store's are", after, mostOfStore), "%d", now.kinds[ofStore])
	}
	c.Tables = append(c.Tables, t)
	took, err := w.daemon.Stop(5 * time.Second)
	c.Find(err == nil, "after all that a stop takes at most 5 s", "%s", took.Round(time.Millisecond))
	return nil
}

// settled is what is open once it is no more than want, or after a while; a
// store's readers open their files when they like.
func (w *watcher) settled(ctx context.Context, want int) (held, error) {
	const most = 10 * time.Second
	var h held
	for began := time.Now(); ; {
		var err error
		if h, err = holds(w.daemon.PID()); err != nil {
			return h, err
		}
		over := time.Since(began) > most
		if over || (want > 0 && h.leaky() <= want) {
			return h, nil
		}
		if err := rig.Pause(ctx, 200*time.Millisecond); err != nil {
			return h, err
		}
	}
}
