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

// What is different under the Windows service manager, which knows no condition
// of a start and whose services nobody sees write.

// waitConfig is how often a service without a configuration looks for one.
const waitConfig = 5 * time.Second

// startable says what is wrong with the configuration. That there is none yet is
// not wrong: an installer makes the service before anybody was asked.
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

// configured waits until there is a configuration.
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
