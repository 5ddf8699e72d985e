package app

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"parcelwatch/carriers"
	"parcelwatch/config"
	"parcelwatch/extract"
	"parcelwatch/mail/verify"
	"parcelwatch/mailwatch"
	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/service"
	"parcelwatch/tracker"
)

// life holds everything created from one configuration.
type life struct {
	Deps

	cfg       *config.Config
	started   time.Time
	systemd   *service.Notifier
	set       *carriers.Set
	tracker   *tracker.Tracker
	notifying notify.Config
	notifier  *notify.Notifier
	mailboxes []mailbox
}

func (a *App) newLife(ctx context.Context, cfg *config.Config) (*life, error) {
	l := &life{Deps: a.deps, cfg: cfg, started: a.deps.Now(), systemd: a.systemd}
	set, broken, err := carriersOf(ctx, cfg, l.Carriers)
	if err != nil {
		return nil, err
	}
	for name, why := range broken {
		l.Log.WarnContext(ctx, "carrier has no credential", "carrier", name, "err", why.Error())
	}
	l.set = set
	if l.notifying, err = Notifications(cfg); err != nil {
		return nil, err
	}
	smtp, err := SMTP(cfg, l.Store)
	if err != nil {
		return nil, err
	}
	if l.Dial != nil {
		smtp.Dial = l.Dial
	}
	channels, silent := Channels(ctx, cfg)
	for name, why := range silent {
		l.Log.WarnContext(ctx, "channel cannot be used", "channel", name, "err", why.Error())
	}
	l.notifier = notify.New(l.notifying, l.Digests, l.Store, smtp, notify.Options{
		Log: l.Log, Now: l.Now, Channels: channels, Gaps: tracker.Gaps(l.Store.Journeys), AllWell: pinger(cfg.Alarm.Ping),
	})
	l.tracker = tracker.New(tracker.Config{
		Home: cfg.Destination, Zone: cfg.Timezone.Location(), Log: l.Log, Now: l.Now, OnChange: l.notifier.Wake,
		Engine: tracker.NewEngine(set, cfg.Destination, l.Ledger, l.Now, l.Log),
	}, l.Store)
	checker := verify.New(verify.SystemResolver())
	phrases, err := extract.LoadPhrases()
	if err != nil {
		return nil, err
	}
	for _, m := range cfg.Mailboxes {
		account, err := Account(cfg, m, l.Store)
		if err != nil {
			return nil, err
		}
		if l.Dial != nil {
			account.Dial = l.Dial
		}
		reader, err := newReader(checker, phrases, cfg, m)
		if err != nil {
			return nil, err
		}
		l.mailboxes = append(l.mailboxes, mailbox{life: l, cfg: m, account: account, reader: reader})
	}
	return l, nil
}

// start starts one goroutine for each part. ctx is the context of work.
func (l *life) start(ctx context.Context, work *errgroup.Group) {
	var folders []parcel.MailboxHealth
	budget := mailwatch.NewBudget()
	for _, box := range l.mailboxes {
		for _, f := range box.cfg.Folders {
			folders = append(folders, parcel.MailboxHealth{Name: box.cfg.Name, Folder: f})
		}
		w := mailwatch.New(box.account, l.Store, mailwatch.Options{Log: l.Log, Budget: budget, OnState: l.recorder(ctx), OnProgress: l.progress})
		work.Go(func() error { return w.Run(ctx, box.handle) })
	}
	if err := l.Store.KeepMailboxes(ctx, folders); err != nil {
		l.Log.WarnContext(ctx, "states of mailboxes that are gone stay", "err", err.Error())
	}
	for _, part := range []func(context.Context) error{l.tracker.Run, l.notifier.Run, l.heartbeat, l.care} {
		work.Go(func() error { return part(ctx) })
	}
}

// recorder returns a function that records the states of a mailbox.
func (l *life) recorder(ctx context.Context) func(parcel.MailboxHealth) {
	return func(h parcel.MailboxHealth) {
		// The last state of a mailbox is reported after ctx has ended.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if err := l.Store.SetMailboxHealth(ctx, h); err != nil {
			l.Log.WarnContext(ctx, "state of a mailbox is not recorded", "mailbox", h.Name, "err", err.Error())
		}
		l.notifier.Wake()
	}
}

func (l *life) progress(p mailwatch.Progress) {
	l.Log.Debug("scanning", "mailbox", p.Mailbox, "folder", p.Folder, "stage", string(p.Stage), "done", p.Done, "total", p.Total)
}
