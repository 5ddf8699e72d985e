//go:build !windows

package service

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/kardianos/service"
)

// managed is always false: a service is a program in the foreground.
func managed() bool { return false }

func (m *Manager) privileged(purpose string) error {
	if m.opt.User || os.Geteuid() == 0 {
		return nil
	}
	return fmt.Errorf("service: %w: root is needed %s a service of the machine; run it with sudo, or add --user for a service of your own", ErrPrivilege, purpose)
}

// unitPath returns the file that kardianos/service writes, which it does not export.
func (m *Manager) unitPath() string {
	name, dir := m.opt.Name, ""
	if m.opt.User {
		dir, _ = os.UserHomeDir()
	}
	switch p := m.Platform(); {
	case m.systemd() && m.opt.User:
		return filepath.Join(dir, ".config/systemd/user", name+".service")
	case m.systemd():
		return "/etc/systemd/system/" + name + ".service"
	case strings.HasPrefix(p, "darwin") && m.opt.User:
		return filepath.Join(dir, "Library/LaunchAgents", name+".plist")
	case strings.HasPrefix(p, "darwin"):
		return "/Library/LaunchDaemons/" + name + ".plist"
	default:
		return "/etc/init.d/" + name
	}
}

func (m *Manager) exists() bool {
	_, err := os.Lstat(m.unitPath())
	return err == nil
}

// same returns the path of the active unit if it equals the one to install.
func (m *Manager) same() string {
	if !m.systemd() {
		return ""
	}
	path := m.unitPath()
	if !m.exists() {
		path = m.packaged()
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != unit(m.opt) { //nolint:gosec // the path of a unit
		return ""
	}
	return path
}

// removeEmpty removes the empty file that a failed install leaves, with which the
// next install would fail too.
func (m *Manager) removeEmpty() {
	if info, err := os.Stat(m.unitPath()); err == nil && info.Mode().IsRegular() && info.Size() == 0 {
		_ = os.Remove(m.unitPath())
	}
}

// adapt does nothing: the account is part of the systemd unit.
func (Options) adapt(*service.Config) {}

// write writes the file of the service. The library cannot update a file, so an
// existing one is removed first. A running service keeps running.
func (m *Manager) write(r *Report) error {
	if m.exists() {
		if err := m.sys.Uninstall(); err != nil {
			return m.explain("replace", err)
		}
		r.add(StepReplaced, m.unitPath())
	}
	if err := m.sys.Install(); err != nil {
		m.removeEmpty()
		return m.explain("install", err)
	}
	r.add(StepUnit, m.unitPath())
	return privateLogs("/var/log", m.outputs())
}

// outputs returns the names of the files into which the manager writes what a service
// of the machine prints; systemd has the journal.
func (m *Manager) outputs() []string {
	switch {
	case m.systemd() || m.opt.User:
		return nil
	case strings.HasPrefix(m.Platform(), "darwin"):
		return []string{m.opt.Name + ".out.log", m.opt.Name + ".err.log"}
	default:
		return []string{m.opt.Name + ".log", m.opt.Name + ".err"}
	}
}

// privateLogs creates files that only their owner can read; service managers create
// them for everybody. An existing file keeps its content. Links are not followed.
func privateLogs(dir string, names []string) error {
	for _, name := range names {
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_WRONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o600) //nolint:gosec // a fixed folder
		if err == nil {
			err = errors.Join(f.Chmod(0o600), f.Close())
		}
		if err != nil {
			return fmt.Errorf("service: make the log private: %w", err)
		}
	}
	return nil
}

// finish reports what else a service of the user needs.
func (m *Manager) finish(_ context.Context, r *Report) error {
	if m.opt.User && m.systemd() {
		r.add(StepLinger, m.opt.Name)
	}
	return nil
}

func (m *Manager) start(context.Context) error { return m.sys.Start() }

func (m *Manager) stop(context.Context) error { return m.sys.Stop() }

// ended does nothing: systemd reports more, and the others report nothing.
func (m *Manager) ended(*Status) {}

func (m *Manager) hint() string {
	if !m.systemd() {
		return ""
	}
	user := ""
	if m.opt.User {
		user = "--user "
	}
	return fmt.Sprintf("; see: systemctl %sstatus %s, journalctl %s-u %s", user, m.opt.Name, user, m.opt.Name)
}

// Configuration returns the file that the service reads according to its systemd
// unit, or "".
func (m *Manager) Configuration() string {
	path := m.unitPath()
	if !m.systemd() {
		return ""
	}
	if !m.exists() {
		path = m.packaged()
	}
	data, err := os.ReadFile(path) //nolint:gosec // the path of a unit
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(data)) {
		if file, ok := strings.CutPrefix(line, "AssertPathExists="); ok {
			return strings.ReplaceAll(strings.TrimSpace(file), "%%", "%")
		}
	}
	return ""
}

func (m *Manager) systemctl(ctx context.Context, action string) error {
	return command(ctx, "systemctl", m.scoped(action, m.opt.Name)...)
}

func (m *Manager) show(ctx context.Context, properties string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, controlTime)
	defer cancel()
	out, err := exec.CommandContext(ctx, "systemctl", m.scoped("show", "--property="+properties, m.opt.Name)...).Output() //nolint:gosec // the name is checked
	if err != nil {
		return "", fmt.Errorf("systemctl show: %w", err)
	}
	return string(out), nil
}

func (m *Manager) scoped(args ...string) []string {
	if m.opt.User {
		return append([]string{"--user"}, args...)
	}
	return args
}
