//go:build !windows

package service

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/kardianos/service"
)

const controlTime = 30 * time.Second

// managed is for Windows: elsewhere a service is a program in the foreground.
func managed() bool { return false }

func (m *Manager) privileged(purpose string) error {
	if m.opt.User || os.Geteuid() == 0 {
		return nil
	}
	return fmt.Errorf("service: %w: root is needed %s a service of the machine; run it with sudo, or add --user for a service of your own", ErrPrivilege, purpose)
}

// unitPath is where kardianos/service writes; it does not tell.
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

// same is the unit in force, where it is the one we would write.
func (m *Manager) same() string {
	if !m.systemd() {
		return ""
	}
	path := m.unitPath()
	if !m.exists() {
		path = m.packaged()
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != unit(m.opt) { //nolint:gosec // a unit's own place
		return ""
	}
	return path
}

// removeEmpty takes away the empty file that a failed install leaves, which
// would make the next one fail too.
func (m *Manager) removeEmpty() {
	if info, err := os.Stat(m.unitPath()); err == nil && info.Mode().IsRegular() && info.Size() == 0 {
		_ = os.Remove(m.unitPath())
	}
}

// prepare makes the account and the folder the service needs and lets it read
// its files. A service of the user has all of that.
func (m *Manager) prepare(ctx context.Context, r *Report) error {
	if m.opt.User {
		return m.folder(r, -1, -1)
	}
	if !m.systemd() { // the default scripts run as root
		r.add(StepAccount, "root")
		return m.folder(r, -1, -1)
	}
	if _, err := user.Lookup(m.opt.Name); err != nil {
		if err := command(ctx, "useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
			"--shell", "/usr/sbin/nologin", m.opt.Name); err != nil {
			return fmt.Errorf("service: create the account %s: %w", m.opt.Name, err)
		}
		r.add(StepAccountMade, m.opt.Name)
	}
	account, err := user.Lookup(m.opt.Name)
	if err != nil {
		return fmt.Errorf("service: the account %s: %w", m.opt.Name, err)
	}
	r.add(StepAccount, m.opt.Name)
	uid, _ := strconv.Atoi(account.Uid)
	gid, _ := strconv.Atoi(account.Gid)
	for _, path := range append([]string{m.opt.Config}, m.opt.Files...) {
		if err := grant(r, path, uid, gid); err != nil {
			return err
		}
	}
	return m.folder(r, uid, gid)
}

// folder makes the folder of the store.
func (m *Manager) folder(r *Report, uid, gid int) error {
	if m.opt.Data == "" {
		return nil
	}
	if err := os.MkdirAll(m.opt.Data, 0o700); err != nil {
		return fmt.Errorf("service: make the folder of the store: %w", err)
	}
	if uid >= 0 {
		// Commands run by root may have made the store before the service did.
		files, _ := filepath.Glob(filepath.Join(m.opt.Data, "*.db*"))
		for _, path := range append(files, m.opt.Data) {
			if err := os.Lchown(path, uid, gid); err != nil {
				return fmt.Errorf("service: give the store to its account: %w", err)
			}
		}
	}
	r.add(StepData, m.opt.Data)
	return nil
}

// grant lets the account read a file that only root could: root keeps it, the
// account's group may read it. A file of anybody else is left alone.
func grant(r *Report, path string, uid, gid int) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("service: %w", err)
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	mode := info.Mode().Perm()
	switch {
	case !ok, mode&0o004 != 0, int(st.Uid) == uid && mode&0o400 != 0, int(st.Gid) == gid && mode&0o040 != 0:
		return nil
	case st.Uid != 0:
		return fmt.Errorf("service: the account of the service cannot read %s; run: chown root %s, and install again", path, path)
	}
	if err := os.Chown(path, 0, gid); err != nil {
		return fmt.Errorf("service: let the service read %s: %w", path, err)
	}
	if err := os.Chmod(path, mode|0o040); err != nil {
		return fmt.Errorf("service: let the service read %s: %w", path, err)
	}
	r.add(StepGranted, path)
	return nil
}

// adapt is for Windows: the accounts of systemd stand in the unit.
func (Options) adapt(*service.Config) {}

// write writes the service's file. There is no update: what is there goes first.
// A running service goes on.
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
	return nil
}

// finish says what else a user's service needs.
func (m *Manager) finish(_ context.Context, r *Report) error {
	if m.opt.User && m.systemd() {
		r.add(StepLinger, m.opt.Name)
	}
	return nil
}

func (m *Manager) start(context.Context) error { return m.sys.Start() }

func (m *Manager) stop(context.Context) error { return m.sys.Stop() }

// ended is for Windows: systemd is asked otherwise, and the others do not know.
func (m *Manager) ended(*Status) {}

func (m *Manager) hint() string { return "" }

// Configuration is the file that the installed service reads, where the service
// manager tells; it does on Windows only.
func (m *Manager) Configuration() string { return "" }

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

// command runs a tool of the system and keeps its last line of complaint.
func command(ctx context.Context, name string, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, controlTime)
	defer cancel()
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...) //nolint:gosec // fixed tools, checked names
	cmd.Stderr = &out
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		return fmt.Errorf("%s: %w: %s", name, err, lines[len(lines)-1])
	}
	return nil
}
