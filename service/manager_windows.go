package service

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/kardianos/service"
	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/mgr"
)

// managed reports whether the service manager started us.
func managed() bool { return !service.Interactive() }

func (m *Manager) privileged(purpose string) error {
	if m.opt.User {
		return errors.New("service: Windows has no services of a user; leave out --user")
	}
	if windows.GetCurrentProcessToken().IsElevated() {
		return nil
	}
	return fmt.Errorf("service: %w: an administrator is needed %s a service; open the console with \"Run as administrator\"", ErrPrivilege, purpose)
}

func (m *Manager) unitPath() string { return m.opt.Name }
func (m *Manager) exists() bool     { return m.installed() }
func (m *Manager) same() string     { return "" }
func (m *Manager) removeEmpty()     {}

func (m *Manager) prepare(_ context.Context, r *Report) error {
	r.add(StepAccount, "LocalSystem")
	if m.opt.Data == "" {
		return nil
	}
	if err := os.MkdirAll(m.opt.Data, 0o700); err != nil {
		return fmt.Errorf("service: make the folder of the store: %w", err)
	}
	r.add(StepData, m.opt.Data)
	return nil
}

// finish sets the recovery actions: the library sets one at most, and Windows
// counts only crashes unless told otherwise.
func (m *Manager) finish(_ context.Context, r *Report) error {
	err := m.open(func(s *mgr.Service) error {
		actions := []mgr.RecoveryAction{
			{Type: mgr.ServiceRestart, Delay: 10 * time.Second},
			{Type: mgr.ServiceRestart, Delay: 30 * time.Second},
			{Type: mgr.ServiceRestart, Delay: 60 * time.Second},
		}
		if err := s.SetRecoveryActions(actions, 24*60*60); err != nil {
			return err
		}
		return s.SetRecoveryActionsOnNonCrashFailures(true)
	})
	if err != nil {
		return fmt.Errorf("service: set restart after a failure: %w", err)
	}
	r.add(StepRecovery, m.opt.Name)
	return nil
}

func (m *Manager) open(use func(*mgr.Service) error) error {
	manager, err := mgr.Connect()
	if err != nil {
		return err
	}
	defer func() { _ = manager.Disconnect() }()
	s, err := manager.OpenService(m.opt.Name)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	return use(s)
}

// stop waits with a bound; the library's own wait has none.
func (m *Manager) stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	return m.open(func(s *mgr.Service) error {
		status, err := s.Control(svc.Stop)
		if errors.Is(err, windows.ERROR_SERVICE_NOT_ACTIVE) {
			return nil
		}
		ticker := time.NewTicker(50 * time.Millisecond)
		defer ticker.Stop()
		for err == nil && status.State != svc.Stopped {
			select {
			case <-ctx.Done():
				return fmt.Errorf("it is still stopping: %w", ctx.Err())
			case <-ticker.C:
				status, err = s.Query()
			}
		}
		return err
	})
}

func (m *Manager) systemctl(context.Context, string) error { return errors.ErrUnsupported }

func (m *Manager) show(context.Context, string) (string, error) { return "", errors.ErrUnsupported }
