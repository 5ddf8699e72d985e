//go:build linux

package kill

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"parcelwatch/internal/demo"
	"parcelwatch/test/proof/internal/disk"
	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/rig"
)

// audiences each get a digest every minute, so that there is much to interrupt.
const audiences = 8

// world is everything around the daemon: it outlives every kill.
type world struct {
	env     *lab.Env
	disk    *disk.Disk // of the store; nil for that of this machine
	dovecot *rig.Dovecot
	sink    *rig.Sink
	posts   *rig.Posts
	daemon  *rig.Daemon
	cell    lab.Cell
	began   time.Time

	mu    sync.Mutex
	calm  bool          // no mail is sent, so that the posts can all be asked
	sent  []rig.Letter  // that the mail server has taken over
	taken chan struct{} // a token for each mail that the sink has taken while armed
	armed bool
	dead  chan struct{} // closed when the daemon is dead
}

// open starts everything but the daemon. close ends it.
func open(ctx context.Context, env *lab.Env, r trial) (*world, error) {
	dir, err := env.Folder(r.name)
	if err != nil {
		return nil, err
	}
	w := &world{env: env, disk: r.disk, began: time.Now(), taken: make(chan struct{}, 1)}
	if w.dovecot, err = rig.NewDovecot(ctx, filepath.Join(dir, "dovecot")); err != nil {
		return nil, err
	}
	if err := w.dovecot.Up(ctx, ""); err != nil {
		return nil, err
	}
	if w.sink, err = rig.OpenSink(ctx); err != nil {
		return nil, errors.Join(err, w.dovecot.Down(ctx))
	}
	w.posts = rig.OpenPosts(w.look)
	w.sink.OnMail(w.hold)
	var digests strings.Builder
	for i := range audiences {
		fmt.Fprintf(&digests, "[[digest]]\nname = \"a%[1]d\"\nto = [\"a%[1]d@example.org\"]\ncron = \"* * * * *\"\nurgent = []\n", i)
	}
	store := ""
	if w.disk != nil {
		store = filepath.Join(w.disk.Folder, "parcelwatch.db")
	}
	site, err := rig.Config{
		Dir: dir, Store: store, Mailboxes: []rig.Mailbox{w.dovecot.Alice(w.dovecot.Port + 1)}, Digests: digests.String(),
		SMTP: w.sink.Addr, Carriers: map[string]string{"cainiao": "", "upu": ""}, More: postsAt(w.posts.URL),
	}.Write()
	if err != nil {
		return nil, errors.Join(err, w.close(ctx))
	}
	w.daemon = rig.NewDaemon(env.Daemon, site)
	if w.cell, err = env.Cage.Confine(w.daemon); err != nil {
		return nil, errors.Join(err, w.close(ctx))
	}
	return w, nil
}

func (w *world) close(ctx context.Context) error {
	if w.daemon != nil {
		w.daemon.Close()
	}
	w.cell.Close()
	w.release()
	if w.disk != nil {
		_ = w.disk.Fall() // its folder is temporary
	}
	w.posts.Close()
	w.sink.Close()
	return w.dovecot.Down(context.WithoutCancel(ctx))
}

// look is what the posts know: of every number that its parcel was taken in and
// left, each at a time of its own before the run began.
func (w *world) look(number string) demo.Record {
	r := demo.Record{Number: number, Origin: "Mainland China", Scans: []demo.Scan{
		{
			At: w.began.Add(-70 * time.Hour), Zone: 8, Country: "CN", Place: "Shenzhen", Text: "Accepted by carrier",
			Cainiao: "PU_PICKUP_SUCCESS", UPU: "EMA", Russian: demo.Oper{Kind: 1, KindName: "Прием"},
		},
		{
			At: w.began.Add(-20 * time.Hour), Zone: 8, Country: "CN", Place: "Guangzhou", Text: "Departed from departure country/region",
			Cainiao: "LH_DEPART", UPU: "EMC", Russian: demo.Oper{Kind: 10, KindName: "Экспорт международной почты"},
		},
	}}
	if strings.HasSuffix(number, "RU") {
		r.Scans = r.Scans[:1]
	}
	return r
}

// deliver hands mails to the mail server, one after the other, until there are
// no more or ctx ends: five steps of every parcel, every tenth one Russian
// Post's.
func (w *world) deliver(ctx context.Context, parcels int, every time.Duration) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	steps := []string{"package shipped", "collected by the carrier", "at customs", "in your country/region", "out for delivery"}
	for at := range parcels * len(steps) {
		// Steps come in order, each a while after the one before it.
		n, step := at/len(steps), at%len(steps)
		country := "CN"
		if n%10 == 0 {
			country = "RU"
		}
		l := rig.Letter{
			Number: rig.Number(n, country), Order: rig.Order(n), Step: steps[step],
			Sent: w.began.Add(time.Duration(step-10) * time.Hour), Copy: at,
		}
		if _, err := w.dovecot.Send(ctx, "alice", l.Text()); err != nil {
			return err
		}
		w.mu.Lock()
		w.sent = append(w.sent, l)
		w.mu.Unlock()
		for again := true; again; again = w.calmed() {
			select {
			case <-ctx.Done():
				return nil
			case <-ticker.C:
			}
		}
	}
	return nil
}

// calms stops the mail, or lets it go on.
func (w *world) calms(calm bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calm = calm
}

func (w *world) calmed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.calm
}

func (w *world) delivered() []rig.Letter {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]rig.Letter(nil), w.sent...)
}

// hold is called when the sink has a whole mail: where a kill waits for that,
// the client is not told before it is dead.
func (w *world) hold(rig.Taken) error {
	w.mu.Lock()
	armed, dead := w.armed, w.dead
	w.armed = false
	w.mu.Unlock()
	if armed {
		w.taken <- struct{}{}
		<-dead
	}
	return nil
}

// awaitTaken waits until the sink has taken a mail.
func (w *world) awaitTaken(ctx context.Context) error {
	w.mu.Lock()
	w.armed, w.dead = true, make(chan struct{})
	w.mu.Unlock()
	select {
	case <-w.taken:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// release lets the sink go on, once the daemon is dead.
func (w *world) release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.armed = false
	if w.dead != nil {
		close(w.dead)
		w.dead = nil
	}
	select {
	case <-w.taken:
	default:
	}
}
