package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"parcelwatch/config"
	"parcelwatch/internal/version"
	"parcelwatch/service"
	"parcelwatch/store/sqlite"
)

type runCmd struct {
	Name string `help:"${help_service_name}" default:"parcelwatch" hidden:""`
}

// Run is the daemon. Under a service manager "running" is reported before the
// slow part, so everything is inside the work.
func (c *runCmd) Run(ctx context.Context, e *env) error {
	out := systemLogs(e, c.Name)
	err := service.Run(ctx, c.Name, service.Program{
		Check: func() error { return out.told(e.startable()) },
		Work: func(ctx context.Context) error {
			if out.events != nil {
				if err := e.configured(ctx, waitConfig, out.events); err != nil {
					return err
				}
			}
			return out.told(e.work(ctx, out))
		},
		Exit: e.exit,
	})
	if codeOf(err) == exitUsage && e.getenv("NOTIFY_SOCKET") != "" {
		return &exitError{code: service.ExitConfig, text: err.Error()}
	}
	return err
}

// work is the daemon's whole life: it reads the configuration, opens the store
// and works; SIGHUP makes it read the configuration again and go on.
func (e *env) work(ctx context.Context, out sinks) (err error) {
	cfg, err := e.config(config.AllSections()...)
	if err != nil {
		return err
	}
	log, err := openLogs(out, cfg)
	if err != nil {
		return err
	}
	defer func() {
		log.last(err)
		log.close()
	}()
	release, err := sqlite.Lock(cfg.Store.Path)
	if err != nil {
		return err
	}
	defer release()
	db, err := sqlite.Open(ctx, cfg.Store.Path, sqlite.Options{Log: log.Logger, Now: e.now})
	if err != nil {
		return err
	}
	defer shut(db)
	log.InfoContext(ctx, "started", "life", "start", "version", version.Get().Version, "config", cfg.Path, "store", cfg.Store.Path)
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	for {
		again, err := e.live(ctx, cfg, db, log, hangup)
		if err != nil || !again {
			log.InfoContext(ctx, "stopped", "life", "stop")
			return err
		}
		if cfg, log, err = e.reread(ctx, cfg, log, out); err != nil {
			return err
		}
	}
}

// live is one life of the daemon; again says that it ended to read the
// configuration.
func (e *env) live(ctx context.Context, cfg *config.Config, db *sqlite.DB, log *logs, hangup <-chan os.Signal) (again bool, err error) {
	d, err := newDaemon(ctx, cfg, outside{db: db, ledger: db, desk: db, log: log.Logger, now: e.now})
	if err != nil {
		return false, err
	}
	g := newGroup(ctx)
	g.run(d.run)
	g.run(func(ctx context.Context) error { return e.hangups(ctx, d, log, hangup) })
	err = g.wait()
	if errors.Is(err, errAgain) {
		return true, nil
	}
	return false, err
}

// hangups waits for SIGHUP. A configuration with faults is named and not taken
// over.
func (e *env) hangups(ctx context.Context, d *daemon, log *logs, hangup <-chan os.Signal) error {
	for {
		select {
		case <-ctx.Done():
			d.systemd.Stopping()
			return nil
		case <-hangup:
		}
		if err := e.fits(ctx, d); err != nil {
			log.ErrorContext(ctx, "configuration is not taken over", "err", err.Error())
			continue
		}
		d.systemd.Reloading()
		return errAgain
	}
}

// fits says what would keep the daemon from working by the configuration as it
// is now, for a daemon that works is worth more than one that follows orders.
func (e *env) fits(ctx context.Context, d *daemon) error {
	cfg, err := e.config(config.AllSections()...)
	if err != nil {
		return err
	}
	_, err = newDaemon(ctx, cfg, outside{db: d.db, ledger: d.db, desk: d.db, log: slog.New(slog.DiscardHandler), now: e.now})
	return err
}

// errAgain ends one life of the daemon for the next.
var errAgain = errors.New("read the configuration again")

// reread takes over a changed configuration. The store stays the one that is
// open and locked.
func (e *env) reread(ctx context.Context, old *config.Config, log *logs, out sinks) (*config.Config, *logs, error) {
	cfg, err := e.config(config.AllSections()...)
	if err != nil {
		return nil, log, err
	}
	if cfg.Store.Path != old.Store.Path {
		log.WarnContext(ctx, "another store is used after a restart only", "store", cfg.Store.Path)
		cfg.Store.Path = old.Store.Path
	}
	fresh, err := openLogs(out, cfg)
	if err != nil {
		return nil, log, fmt.Errorf("read the configuration again: %w", err)
	}
	log.close()
	fresh.InfoContext(ctx, "configuration taken over", "config", cfg.Path)
	return cfg, fresh, nil
}
