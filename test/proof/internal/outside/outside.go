//go:build linux

package outside

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/proof/internal/report"
	"parcelwatch/test/rig"
)

// figure is one value that is measured.
type figure struct {
	what string
	unit string
	most float64 // the aim; 0 for none
	held bool    // a figure above it is a failure, not only a missed aim
}

// program is a program that is measured.
type program struct {
	name   string // now, or then
	binary string
	values map[string]float64 // by the name of the figure
}

// put records a value. Of several the least counts, because other work on the machine
// only adds to it.
func (p *program) put(name string, value float64) {
	if old, ok := p.values[name]; !ok || value < old {
		p.values[name] = value
	}
}

// sizes are the amounts that are measured.
type sizes struct {
	mails, ours int // in the mailbox that is scanned
	rounds      int
	mailboxes   []int
	parcels     []int
	idle        time.Duration
	arriving    int // mails that arrive one by one
}

func sizesOf(env *lab.Env) sizes {
	if env.Quick {
		return sizes{mails: 5_000, ours: 509, rounds: 2, mailboxes: []int{1, 10}, parcels: []int{100, 10_000}, idle: 10 * time.Second, arriving: 10}
	}
	return sizes{mails: 20_000, ours: 2_036, rounds: 3, mailboxes: []int{1, 10, 50, 200}, parcels: []int{100, 10_000, 100_000}, idle: 30 * time.Second, arriving: 20}
}

// Measure measures the program, and the one in the file env.Then if it is not empty, and
// adds a table to c.
func Measure(ctx context.Context, env *lab.Env, c *report.Chapter) error {
	programs := []*program{{name: "now", binary: env.Daemon, values: map[string]float64{}}}
	if env.Then != "" {
		programs = append(programs, &program{name: "then", binary: env.Then, values: map[string]float64{}})
	}
	s := sizesOf(env)
	b := &bench{env: env, size: s}
	defer b.close(ctx)
	if err := b.open(ctx); err != nil {
		return err
	}
	for _, step := range []struct {
		name string
		run  func(context.Context, []*program) error
	}{{"scan", b.scans}, {"writes", b.writes}, {"mailboxes", b.mailboxes}, {"parcels", b.parcels}} {
		if env.Only != "" && env.Only != step.name {
			continue
		}
		env.Log.InfoContext(ctx, "measuring from outside", "what", step.name)
		if err := step.run(ctx, programs); err != nil {
			return fmt.Errorf("measure %s from outside: %w", step.name, err)
		}
	}
	c.Tables = append(c.Tables, table(figures(s), programs))
	for _, f := range figures(s) {
		if value, ok := programs[0].values[f.what]; ok && f.held {
			c.Find(value <= f.most, f.what+": at most "+f.show(f.most), "%s", f.show(value))
		}
	}
	return nil
}

// table shows the figures of the programs beside the aims. What misses its aim is bold.
func table(list []figure, programs []*program) report.Table {
	t := report.Table{Title: "The built program, from outside", Columns: []string{"what", "aim"}}
	for _, p := range programs {
		t.Columns = append(t.Columns, p.name)
	}
	for _, f := range list {
		cells := []string{f.what, "–"}
		if f.most > 0 {
			cells[1] = f.show(f.most)
		}
		known := false
		for _, p := range programs {
			value, ok := p.values[f.what]
			known = known || ok
			if cells = append(cells, ""); ok {
				cells[len(cells)-1] = f.show(value)
				if f.most > 0 && value > f.most {
					cells[len(cells)-1] = "**" + cells[len(cells)-1] + "**"
				}
			}
		}
		if known {
			t.Row(cells...)
		}
	}
	return t
}

func (f figure) show(value float64) string {
	digits := 2
	if value >= 20 {
		digits = 0
	} else if value >= 2 {
		digits = 1
	}
	return strings.TrimSpace(strconv.FormatFloat(value, 'f', digits, 64) + " " + f.unit)
}

// bench is the mail server and the mailboxes of all measurements.
type bench struct {
	env    *lab.Env
	size   sizes
	server *rig.Dovecot
	sink   *rig.Sink
}

func (b *bench) open(ctx context.Context) error {
	dir, err := b.env.Folder("outside")
	if err != nil {
		return err
	}
	if b.sink, err = rig.OpenSink(ctx); err != nil {
		return err
	}
	if b.server, err = rig.NewDovecot(ctx, filepath.Join(dir, "dovecot")); err != nil {
		return err
	}
	if err := fill(filepath.Join(b.server.Dir, "mail", scanned, "Maildir"), b.size.mails, b.size.ours); err != nil {
		return err
	}
	extra, err := lab.AnyUser()
	if err != nil {
		return err
	}
	return b.server.Up(ctx, extra)
}

func (b *bench) close(ctx context.Context) {
	if b.server != nil {
		_ = b.server.Down(context.WithoutCancel(ctx))
	}
	if b.sink != nil {
		b.sink.Close()
	}
}

// daemon returns a program on a site of its own that watches mailboxes, not started yet.
func (b *bench) daemon(ctx context.Context, p *program, users ...string) (*rig.Daemon, error) {
	dir, err := b.env.Folder(p.name)
	if err != nil {
		return nil, err
	}
	c := rig.Config{Dir: dir, SMTP: b.sink.Addr, More: "[log]\nlevel = \"info\"\n"}
	for _, user := range users {
		c.Mailboxes = append(c.Mailboxes, rig.Mailbox{Name: user, Host: "127.0.0.1", Port: b.server.Port + 1, User: user, CA: b.server.CA()})
	}
	site, err := c.Write()
	if err != nil {
		return nil, err
	}
	d := rig.NewDaemon(p.binary, site)
	return d, forget(ctx, d)
}

// unknown is what an older program says about a section of the configuration.
var unknown = regexp.MustCompile(`carriers\.(\w+): unknown carrier`)

// forget deletes the carriers that the program does not know from its configuration.
func forget(ctx context.Context, d *rig.Daemon) error {
	said, _ := exec.CommandContext(ctx, d.Binary, "status", "--config", d.Site.Config).CombinedOutput() // fails without a daemon
	found := unknown.FindAllSubmatch(said, -1)
	if len(found) == 0 {
		return nil
	}
	text, err := os.ReadFile(d.Site.Config)
	if err != nil {
		return fmt.Errorf("configure an older program: %w", err)
	}
	for _, m := range found {
		text = bytes.ReplaceAll(text, fmt.Appendf(nil, "[carriers.%s]\nenabled = false\n", m[1]), nil)
	}
	return os.WriteFile(d.Site.Config, text, 0o600)
}

// users returns the names of n mailboxes.
func users(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("box%03d", i+1)
	}
	return out
}

// count looks into a store until a query gives n.
func count(ctx context.Context, d *rig.Daemon, limit time.Duration, query string, n int) (time.Duration, error) {
	var s *rig.Store
	defer func() {
		if s != nil {
			s.Close()
		}
	}()
	took, err := rig.Until(ctx, limit, query, func() bool {
		if !d.Running() {
			return true
		}
		if s == nil {
			var err error
			if s, err = rig.OpenStore(ctx, d.Site.Store); err != nil {
				return false
			}
		}
		have, err := s.Count(ctx, query)
		return err == nil && have >= n
	})
	if err == nil && !d.Running() {
		err = errEnded
	}
	if err != nil {
		return took, fmt.Errorf("%w; the daemon's last words: %s", err, d.Journal.Tail(3))
	}
	return took, nil
}

var errEnded = errors.New("the daemon ended")

// idle waits until every mailbox is watched.
func idle(ctx context.Context, d *rig.Daemon, mailboxes int) error {
	_, err := count(ctx, d, 2*time.Minute, "SELECT count(*) FROM mailbox_state WHERE state = 'idle'", mailboxes)
	return err
}
