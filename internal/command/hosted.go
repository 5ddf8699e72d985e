package command

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"runtime"
	"time"

	"parcelwatch/config"
	"parcelwatch/service"
)

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
