package command

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/config"
	"parcelwatch/extract"
	"parcelwatch/mail/verify"
	"parcelwatch/mailwatch"
	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/service"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
	"parcelwatch/tracker"
)

// daemon is one life of the program between two readings of the configuration:
// everybody at work on one store.
type daemon struct {
	cfg      *config.Config
	db       *sqlite.DB
	log      *slog.Logger
	now      func() time.Time
	started  time.Time
	set      *carriers.Set
	keepers  *tracker.Keepers
	tracker  *tracker.Tracker
	telling  notify.Config
	notifier *notify.Notifier
	systemd  *service.Notifier
	accounts []mailwatch.Account // one for each mailbox
}

// outside is what a daemon is given from around it.
type outside struct {
	db     *sqlite.DB
	ledger store.Ledger
	log    *slog.Logger
	now    func() time.Time
	desk   store.DigestSource
}

// newDaemon wires everybody. Nothing runs before run.
func newDaemon(ctx context.Context, cfg *config.Config, o outside) (*daemon, error) {
	db, log, now := o.db, o.log, o.now
	d := &daemon{cfg: cfg, db: db, log: log, now: now, started: now(), systemd: service.NewNotifier()}
	set, broken, err := posts(ctx, cfg)
	if err != nil {
		return nil, err
	}
	for name, why := range broken {
		log.WarnContext(ctx, "carrier has no credential", "carrier", name, "err", why.Error())
	}
	for _, m := range cfg.Mailboxes {
		account, err := accountOf(cfg, m)
		if err != nil {
			return nil, err
		}
		d.accounts = append(d.accounts, account)
	}
	d.set, d.keepers = set, tracker.NewKeepers(set, o.ledger, now, log)
	if d.telling, err = tellingOf(cfg); err != nil {
		return nil, err
	}
	smtp, err := smtpOf(cfg)
	if err != nil {
		return nil, err
	}
	channels, silent := channelsOf(ctx, cfg)
	for name, why := range silent {
		log.WarnContext(ctx, "channel cannot be used", "channel", name, "err", why.Error())
	}
	d.notifier = notify.New(d.telling, o.desk, db, smtp, notify.Options{
		Log: log, Now: now, Channels: channels, Gap: d.gap, AllWell: pinger(cfg.Alarm.Ping),
	})
	d.tracker = tracker.New(d.tracking(false), db)
	return d, nil
}

// tracking is the tracker's part of the configuration.
func (d *daemon) tracking(requireVerified bool) tracker.Config {
	view := tracker.ViewOf(d.set, d.cfg.Destination)
	c := tracker.Config{
		Rules: tracker.Rules{Home: d.cfg.Destination, RequireVerified: requireVerified},
		Zone:  d.cfg.Timezone.Location(), Log: d.log, Now: d.now, OnChange: d.notifier.Wake,
		Plan: func(p parcel.Parcel, now time.Time) []carriers.Ask { return tracker.Plan(p, view, now) },
	}
	for _, one := range d.set.Carriers() {
		if k, ok := d.keepers.Get(one.Info().Name); ok {
			c.Askers = append(c.Askers, k)
		}
	}
	return c
}

// gap is after how many days parcels are usually seen again, by the person's own
// journeys where there are enough.
func (d *daemon) gap(origin, destination string) (least, most int) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	journeys, err := d.db.Journeys(ctx)
	if err != nil {
		return parcel.UsualGap(origin, destination)
	}
	return tracker.History(journeys).Usual(origin, destination)
}

// run works until ctx ends, or something fails that cannot be mended by trying
// again, and waits for everybody.
func (d *daemon) run(ctx context.Context) error {
	g := newGroup(ctx)
	folders, err := d.watch(g)
	if err != nil {
		g.cancel()
		_ = g.wait()
		return err
	}
	if err := d.db.KeepMailboxes(ctx, folders); err != nil {
		d.log.WarnContext(ctx, "states of mailboxes that are gone stay", "err", err.Error())
	}
	g.run(d.tracker.Run)
	g.run(d.notifier.Run)
	g.run(d.heartbeat)
	g.run(d.care)
	return g.wait()
}

// watch starts a watcher for each mailbox and returns the folders watched.
func (d *daemon) watch(g *group) ([]parcel.MailboxHealth, error) {
	var folders []parcel.MailboxHealth
	checker := verify.New(verify.SystemResolver())
	for i, m := range d.cfg.Mailboxes {
		parser, err := parserOf(d.cfg, m.Forwarders)
		if err != nil {
			return nil, err
		}
		box := mailbox{
			daemon: d, cfg: m, intake: tracker.New(d.tracking(m.RequireVerified), d.db),
			reader: reader{checker: checker, parser: parser, policy: verify.Policy{
				Domains: d.cfg.Shop.Domains, Authserv: m.TrustedAuthserv, Forwarders: m.Forwarders, Host: m.Host,
			}},
		}
		for _, f := range m.Folders {
			folders = append(folders, parcel.MailboxHealth{Name: m.Name, Folder: f})
		}
		w := mailwatch.New(d.accounts[i], d.db, mailwatch.Options{Log: d.log, OnState: d.recorder(g.ctx), OnProgress: d.progress})
		g.run(func(ctx context.Context) error { return w.Run(ctx, box.handle) })
	}
	return folders, nil
}

// recorder puts each state of a mailbox on record.
func (d *daemon) recorder(ctx context.Context) func(parcel.MailboxHealth) {
	return func(h parcel.MailboxHealth) {
		// The last state of a mailbox is known when everybody has been told to end.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if err := d.db.SetMailboxHealth(ctx, h); err != nil {
			d.log.WarnContext(ctx, "state of a mailbox is not recorded", "mailbox", h.Name, "err", err.Error())
		}
		d.notifier.Wake()
	}
}

func (d *daemon) progress(p mailwatch.Progress) {
	d.log.Debug("scanning", "mailbox", p.Mailbox, "folder", p.Folder, "stage", string(p.Stage), "done", p.Done, "total", p.Total)
}

// mailbox takes in the mail of one mailbox.
type mailbox struct {
	*daemon
	cfg    config.Mailbox
	intake *tracker.Tracker
	reader reader
}

// handle puts one mail on record. Own digests are not read.
func (b mailbox) handle(ctx context.Context, m mailwatch.Mail) error {
	header, err := extract.Headers(m.Raw)
	if err != nil {
		return fmt.Errorf("read mail %s: %w", m.Ref, err)
	}
	own := header.Own
	if !own && header.MessageID != "" {
		if own, err = b.db.Sent(ctx, header.MessageID); err != nil {
			return later(err)
		}
	}
	if own {
		return nil
	}
	n, err := b.reader.read(ctx, m.Raw)
	switch {
	case errors.Is(err, verify.ErrTemporary) && b.cfg.RequireVerified && n.Verdict.Trust == parcel.TrustUnverified:
		// Without a name server it counts for nothing; later it may.
		return fmt.Errorf("judge mail %s: %w: %w", m.Ref, mailwatch.ErrLater, err)
	case err != nil && !errors.Is(err, verify.ErrTemporary):
		return fmt.Errorf("read mail %s: %w", m.Ref, err)
	}
	if m.Partial {
		n.Problems = append(n.Problems, "the mail is very large; only its beginning was read")
	}
	digest := sha256.Sum256(m.Raw)
	if err := b.intake.Intake(ctx, m.Ref, n, hex.EncodeToString(digest[:])); err != nil {
		return later(err)
	}
	b.log.DebugContext(ctx, "mail recorded", "mail_id", m.Ref.String(), "parcels", len(n.Parcels))
	b.tracker.Wake()
	return nil
}

// later marks errors whose cause is the store and not the mail.
func later(err error) error {
	for _, cause := range []error{store.ErrBusy, store.ErrNoSpace, store.ErrDisk, store.ErrReadOnly, store.ErrCorrupt} {
		if errors.Is(err, cause) {
			return fmt.Errorf("%w: %w", mailwatch.ErrLater, err)
		}
	}
	return err
}
