package service

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/kardianos/service"
	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/mgr"
)

const (
	// localService is a built-in account with few rights and no password.
	localService = `NT AUTHORITY\LocalService`
	settleTime   = 30 * time.Second
	lookEvery    = 50 * time.Millisecond
)

// managed reports whether the service manager started the process.
func managed() bool { return !service.Interactive() }

func (m *Manager) privileged(purpose string) error {
	if m.opt.User {
		return errors.New("service: Windows has no services of a user; leave out --user")
	}
	manager, err := mgr.Connect() // with all rights, which administrators have
	switch {
	case errors.Is(err, windows.ERROR_ACCESS_DENIED):
		return fmt.Errorf("service: %w: an administrator is needed %s a service; open the console with \"Run as administrator\"", ErrPrivilege, purpose)
	case err != nil:
		return fmt.Errorf("service: find the service manager: %w", err)
	}
	_ = manager.Disconnect()
	return nil
}

func (m *Manager) unitPath() string { return m.opt.Name }
func (m *Manager) exists() bool     { return m.installed() }
func (m *Manager) same() string     { return "" }

// adapt adds what only Windows needs.
func (o Options) adapt(c *service.Config) {
	c.UserName = localService
	if o.Name != DefaultName { // its events have a source of its own
		c.Arguments = append(c.Arguments, "--name", o.Name)
	}
}

// prepare creates the folder of the store and gives the account of the service, and
// no other, access to what it needs.
func (m *Manager) prepare(_ context.Context, r *Report) error {
	if err := public(m.opt.Executable); err != nil {
		return err
	}
	if ours(m.opt.Data) || ours(m.opt.Config) || ours(m.opt.Log) {
		if err := m.adopt(); err != nil {
			return err
		}
	}
	r.add(StepAccount, localService)
	if m.opt.Data != "" {
		if err := m.folder(m.opt.Data); err != nil {
			return err
		}
		r.add(StepData, m.opt.Data)
	}
	if m.opt.Log != "" {
		if err := m.folder(filepath.Dir(m.opt.Log)); err != nil {
			return err
		}
		r.add(StepLog, m.opt.Log)
	}
	for _, path := range append([]string{m.opt.Config}, m.opt.Files...) {
		err := protect(path)
		if m.opt.Later && errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("service: let the service read %s: %w", path, err)
		}
		r.add(StepGranted, path)
	}
	return nil
}

// public rejects a program in the folder of a user, which the account of the service
// cannot read.
func public(program string) error {
	homes, err := windows.KnownFolderPath(windows.FOLDERID_UserProfiles, windows.KF_FLAG_DEFAULT)
	if err != nil {
		return fmt.Errorf("service: find the folder of all persons: %w", err)
	}
	if !inside(program, homes) {
		return nil
	}
	return fmt.Errorf("service: the program is in %s, where %s may not read; move it to a folder such as C:\\Program Files\\parcelwatch", filepath.Dir(program), localService)
}

// write creates the service or changes the existing one. The name of a running
// service that is deleted stays reserved until Windows restarts.
func (m *Manager) write(r *Report) error {
	if !m.installed() {
		if err := m.sys.Install(); err != nil {
			return m.explain("install", err)
		}
		r.add(StepUnit, m.unitPath())
		return nil
	}
	c := m.opt.config()
	err := m.open(toChange, func(s *mgr.Service) error {
		line := windows.ComposeCommandLine(append([]string{m.opt.Executable}, c.Arguments...))
		text, errs := make([]*uint16, 3), make([]error, 3)
		for i, s := range []string{line, c.UserName, c.DisplayName} {
			text[i], errs[i] = windows.UTF16PtrFromString(s)
		}
		if err := errors.Join(errs...); err != nil {
			return err
		}
		return windows.ChangeServiceConfig(s.Handle, windows.SERVICE_WIN32_OWN_PROCESS, windows.SERVICE_AUTO_START,
			windows.SERVICE_ERROR_NORMAL, text[0], nil, nil, nil, text[1], nil, text[2])
	})
	if err != nil {
		return m.explain("replace", err)
	}
	r.add(StepReplaced, m.unitPath())
	return nil
}

// recovery returns what Windows does after the program has ended unexpectedly. The
// library sets one action at most.
func recovery() []mgr.RecoveryAction {
	return []mgr.RecoveryAction{
		{Type: mgr.ServiceRestart, Delay: 10 * time.Second},
		{Type: mgr.ServiceRestart, Delay: 30 * time.Second},
		{Type: mgr.ServiceRestart, Delay: 60 * time.Second},
	}
}

// finish sets the recovery actions. Windows applies them to crashes only, not to a
// service that reports its end, as after a wrong configuration or a slow stop.
func (m *Manager) finish(_ context.Context, r *Report) error {
	err := m.open(toChange, func(s *mgr.Service) error {
		return s.SetRecoveryActions(recovery(), 24*60*60)
	})
	if err != nil {
		return fmt.Errorf("service: set restart after a failure: %w", err)
	}
	r.add(StepRecovery, m.opt.Name)
	return nil
}

// What a service is opened for. Reading it needs no special rights.
const (
	toChange = windows.SERVICE_ALL_ACCESS
	toRead   = windows.SERVICE_QUERY_CONFIG | windows.SERVICE_QUERY_STATUS
)

// open opens the service and passes it to use.
func (m *Manager) open(access uint32, use func(*mgr.Service) error) error {
	h, err := windows.OpenSCManager(nil, nil, windows.SC_MANAGER_CONNECT)
	if err != nil {
		return err
	}
	defer func() { _ = windows.CloseServiceHandle(h) }()
	name, err := windows.UTF16PtrFromString(m.opt.Name)
	if err != nil {
		return err
	}
	s, err := windows.OpenService(h, name, access)
	if err != nil {
		return err
	}
	defer func() { _ = windows.CloseServiceHandle(s) }()
	return use(&mgr.Service{Name: m.opt.Name, Handle: s})
}

// start waits until the service runs or has ended again.
func (m *Manager) start(ctx context.Context) error {
	if err := m.sys.Start(); err != nil {
		return err
	}
	return m.open(toRead, func(s *mgr.Service) error {
		status, err := settle(ctx, s, svc.StartPending)
		if err != nil || status.State != svc.Stopped {
			return err
		}
		return errors.New(words(status))
	})
}

// stop waits for at most settleTime; the library waits without a limit.
func (m *Manager) stop(ctx context.Context) error {
	return m.open(toChange, func(s *mgr.Service) error {
		_, err := s.Control(svc.Stop)
		if errors.Is(err, windows.ERROR_SERVICE_NOT_ACTIVE) {
			return nil
		}
		if err != nil {
			return err
		}
		_, err = settle(ctx, s, svc.StopPending, svc.Running)
		return err
	})
}

// settle waits until the service has left the states, for at most settleTime.
func settle(ctx context.Context, s *mgr.Service, states ...svc.State) (svc.Status, error) {
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		status, err := s.Query()
		if err != nil || !slices.Contains(states, status.State) {
			return status, err
		}
		select {
		case <-ctx.Done():
			return status, fmt.Errorf("it takes too long: %w", ctx.Err())
		case <-ticker.C:
		}
	}
}

// ended adds how a service that does not run has ended.
func (m *Manager) ended(out *Status) {
	if out.Running {
		return
	}
	_ = m.open(toRead, func(s *mgr.Service) error {
		status, err := s.Query()
		if err == nil && status.State == svc.Stopped {
			out.Detail = words(status)
			out.Failed = out.Detail != ""
		}
		return err
	})
}

// words describes the end of a service; it is empty for an orderly one.
func words(s svc.Status) string {
	switch code := syscall.Errno(s.Win32ExitCode); code {
	case windows.NO_ERROR, windows.ERROR_SERVICE_NEVER_STARTED:
		return ""
	case windows.ERROR_SERVICE_SPECIFIC_ERROR:
		if s.ServiceSpecificExitCode == 1 {
			return "it refused to start; the event log says why"
		}
		return "it did not end well; the event log says why"
	default:
		return fmt.Sprintf("error %d: %s", code, strings.TrimSpace(code.Error()))
	}
}

func (m *Manager) hint() string {
	return "; see: Get-WinEvent -MaxEvents 5 -FilterHashtable @{LogName='Application'; ProviderName='" + m.opt.Name + "'}"
}

// Configuration returns the file that the installed service reads, or "" if the
// service manager does not have it.
func (m *Manager) Configuration() string {
	path := ""
	_ = m.open(toRead, func(s *mgr.Service) error {
		line, err := commandLine(s.Handle)
		if err != nil {
			return err
		}
		args, err := windows.DecomposeCommandLine(line)
		if at := slices.Index(args, "--config"); at >= 0 && at+1 < len(args) {
			path = args[at+1]
		}
		return err
	})
	return path
}

func (m *Manager) systemctl(context.Context, string) error { return errors.ErrUnsupported }

func (m *Manager) show(context.Context, string) (string, error) { return "", errors.ErrUnsupported }
