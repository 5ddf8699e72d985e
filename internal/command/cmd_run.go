package command

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"golang.org/x/sync/errgroup"

	"parcelwatch/config"
	"parcelwatch/internal/app"
	"parcelwatch/internal/logging"
	"parcelwatch/internal/version"
	"parcelwatch/service"
	"parcelwatch/store"
)

type runCmd struct {
	Name string `help:"${help_service_name}" default:"parcelwatch" hidden:""`
}

// Run runs the daemon. Windows expects a service to report that it runs before any slow
// work, so everything is done inside Work.
func (c *runCmd) Run(ctx context.Context, e *env) error {
	out := logging.System(e.err, e.getenv, c.Name)
	err := service.Run(ctx, c.Name, service.Program{
		Check: func() error { return out.Fatal(e.startable()) },
		Work: func(ctx context.Context) error {
			if out.Events != nil {
				if err := e.configured(ctx, waitConfig, out.Events); err != nil {
					return err
				}
			}
			return out.Fatal(e.work(ctx, out))
		},
		Exit: e.exit,
	})
	if codeOf(err) == exitUsage && e.getenv("NOTIFY_SOCKET") != "" {
		return &exitError{code: service.ExitConfig, text: err.Error()}
	}
	return err
}

// work runs the daemon: it reads the configuration, locks and opens the store, and
// works until ctx ends. SIGHUP makes it read the configuration again.
func (e *env) work(ctx context.Context, out logging.Sinks) (err error) {
	cfg, err := e.config(config.AllSections()...)
	if err != nil {
		return err
	}
	if _, err := continueAsOwner(cfg.Store.Path); err != nil {
		return err
	}
	log, err := logging.Open(out, cfg.Log)
	if err != nil {
		return err
	}
	defer func() {
		log.Last(err)
		log.Close()
	}()
	thriftily(e.getenv)
	limitMemory(ctx, log.Logger, memlimit.FromCgroup)
	db, release, err := e.owned(ctx, cfg, log.Logger)
	if err != nil {
		return err
	}
	defer release()
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	log.InfoContext(ctx, "started", "life", "start", "version", version.Get().Version, "config", cfg.Path, "store", cfg.Store.Location())
	defer log.InfoContext(ctx, "stopped", "life", "stop")
	daemon, err := app.New(ctx, cfg, app.Deps{Store: db, Log: log.Logger, Now: e.now})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error {
		defer cancel()
		return daemon.Run(ctx)
	})
	work.Go(func() error { return e.hangups(ctx, hangup, daemon, log, cfg.Store) })
	return work.Wait()
}

// owned locks and opens the store. A database that is away is tried again, because it may
// be started later than this program.
func (e *env) owned(ctx context.Context, cfg *config.Config, log *slog.Logger) (db store.Store, release func(), err error) {
	at := storeAt(cfg)
	pause := time.NewTimer(0)
	defer pause.Stop()
	for wait := time.Second; ; wait = min(2*wait, time.Minute) {
		unlock, err := at.Lock(ctx)
		if err == nil {
			if db, err = at.Open(ctx, store.Options{Log: log, Now: e.now}); err == nil {
				return db, func() { shut(db); unlock() }, nil
			}
			unlock()
		}
		if !errors.Is(err, store.ErrAway) {
			return nil, nil, err
		}
		log.WarnContext(ctx, "store cannot be reached, tried again", "err", err, "wait", wait)
		pause.Reset(wait)
		select {
		case <-pause.C:
		case <-ctx.Done():
			return nil, nil, err
		}
	}
}

// hangups reloads the configuration at each SIGHUP. If it cannot be used, that is
// logged and the daemon continues unchanged.
func (e *env) hangups(ctx context.Context, hangup <-chan os.Signal, daemon *app.App, log *logging.Log, store config.Store) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hangup:
		}
		if err := e.reload(ctx, daemon, log, store); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "configuration is not taken over", "err", err.Error())
		}
	}
}

// reload reads the configuration and passes it to the daemon. The store stays the one
// that is open and locked.
func (e *env) reload(ctx context.Context, daemon *app.App, log *logging.Log, store config.Store) error {
	cfg, err := e.config(config.AllSections()...)
	if err != nil {
		return err
	}
	if cfg.Store.Location() != store.Location() {
		log.WarnContext(ctx, "another store is used after a restart only", "store", cfg.Store.Location())
		cfg.Store = store
	}
	return daemon.Reload(ctx, cfg, func() error {
		if err := log.Reopen(cfg.Log); err != nil {
			return err
		}
		log.InfoContext(ctx, "configuration taken over", "config", cfg.Path)
		return nil
	})
}

// The service manager of Windows has no conditions for starting a service, and the
// output of a service is lost.

// waitConfig is the interval at which a service without a configuration checks for one.
const waitConfig = 5 * time.Second

// startable checks the configuration. A missing one is no error: the installer
// creates the service before setup has run.
func (e *env) startable() error {
	if e.noConfig() {
		return nil
	}
	_, err := e.config(config.AllSections()...)
	return err
}

// noConfig reports whether there is no configuration at all.
func (e *env) noConfig() bool {
	path, err := config.Find(e.flag, e.getenv, runtime.GOOS)
	if err != nil {
		return true
	}
	_, err = os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// configured waits until a configuration exists.
func (e *env) configured(ctx context.Context, every time.Duration, events service.EventLog) error {
	if !e.noConfig() {
		return nil
	}
	_ = events.Info(e.say.T("service_waits"))
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for e.noConfig() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
	return nil
}
