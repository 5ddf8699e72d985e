package load

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"time"

	"parcelwatch/internal/demo"
	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/rig"
)

// size is how much of everything there is.
type size struct {
	name      string
	mailboxes int
	parcels   int // in the store before the daemon starts
	mails     int // arriving, half of them about known parcels where there are as many
	over      time.Duration
	idle      time.Duration
	private   int64 // bytes of private memory that are allowed at the peak
}

// world is everything around one daemon.
type world struct {
	size   size
	dir    string
	log    *slog.Logger
	server *rig.Dovecot
	sink   *rig.Sink
	posts  *rig.Posts
	site   rig.Site
	daemon *rig.Daemon
	cell   lab.Cell
	digest time.Time // when the daily digest is due
}

// slowness is how long every post thinks.
const slowness = 300 * time.Millisecond

func box(i int) string { return fmt.Sprintf("box%02d", i+1) }

// build starts everything but the daemon. close ends what was started, also
// where build has failed.
func (w *world) build(ctx context.Context, env *lab.Env) error {
	var err error
	if w.dir, err = env.Folder("load-" + w.size.name); err != nil {
		return err
	}
	if w.server, err = rig.NewDovecot(ctx, filepath.Join(w.dir, "dovecot")); err != nil {
		return err
	}
	users, err := lab.AnyUser()
	if err != nil {
		return err
	}
	if err := w.server.Up(ctx, users); err != nil {
		return err
	}
	if w.sink, err = rig.OpenSink(ctx); err != nil {
		return err
	}
	w.posts = rig.OpenPosts(known)
	right := demo.Answers(known)
	w.posts.Instead(func(rw http.ResponseWriter, r *http.Request) {
		if rig.Pause(r.Context(), slowness) == nil {
			right.ServeHTTP(rw, r)
		}
	})
	return nil
}

func (w *world) close(ctx context.Context) {
	if w.daemon != nil {
		w.daemon.Close()
	}
	w.cell.Close()
	if w.posts != nil {
		w.posts.Close()
	}
	if w.sink != nil {
		w.sink.Close()
	}
	if w.server != nil {
		_ = w.server.Down(context.WithoutCancel(ctx))
	}
}

func (w *world) store() string { return filepath.Join(w.dir, "store", "parcelwatch.db") }

// configure writes the configuration with the time of the digest.
func (w *world) configure() error {
	c := rig.Config{
		Dir: w.dir, Store: w.store(), SMTP: w.sink.Addr, Carriers: w.posts.Sections("cainiao", "upu", "russianpost"),
		Digests: fmt.Sprintf("[[digest]]\nto = [\"you@example.org\"]\nat = [%q]\nurgent = []\n", w.digest.Format("15:04")),
		More:    "[log]\nlevel = \"info\"\n",
	}
	for i := range w.size.mailboxes {
		c.Mailboxes = append(c.Mailboxes, rig.Mailbox{
			Name: box(i), Host: "127.0.0.1", Port: w.server.Port + 1, User: box(i), CA: w.server.CA(),
		})
	}
	var err error
	w.site, err = c.Write()
	return err
}

// known is what the posts know: of every number the same beginning of a journey.
func known(number string) demo.Record {
	now := time.Now().Truncate(time.Hour)
	return demo.Record{Number: number, Origin: "Mainland China", Scans: []demo.Scan{
		{At: now.AddDate(0, 0, -5), Cainiao: "PU_PICKUP_SUCCESS", UPU: "EMA", Zone: 8, Country: "CN", Place: "Shenzhen", Text: "Accepted by carrier"},
		{At: now.AddDate(0, 0, -3), Cainiao: "SC_INBOUND_SUCCESS", Zone: 8, Country: "CN", Place: "Guangzhou", Text: "Inbound in sorting center"},
	}}
}
