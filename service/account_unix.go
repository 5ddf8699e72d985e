//go:build !windows

package service

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// account is the account of the service.
type account struct {
	name     string
	uid, gid int
	groups   []uint32
}

// prepare creates the account and the folders of the service and lets it read its
// files. A service of the user only needs the folders.
func (m *Manager) prepare(ctx context.Context, r *Report) error {
	if m.opt.User {
		return m.folders(r, nil)
	}
	if !m.systemd() { // the default scripts run as root
		r.add(StepAccount, "root")
		return m.folders(r, nil)
	}
	if err := m.visible(); err != nil {
		return err
	}
	a, err := m.account(ctx, r)
	if err != nil {
		return err
	}
	r.add(StepAccount, a.name)
	if err := a.enter(r, filepath.Dir(m.opt.Config)); err != nil {
		return err
	}
	for _, path := range append([]string{m.opt.Config}, m.opt.Files...) {
		if err := a.grant(r, path); err != nil {
			return err
		}
		if err := a.can(ctx, "-r", path, "read"); err != nil {
			return err
		}
	}
	if err := a.can(ctx, "-x", m.opt.Executable, "run"); err != nil {
		return err
	}
	return m.folders(r, a)
}

// visible rejects paths that the confined service cannot see, because it has its own
// empty /tmp.
func (m *Manager) visible() error {
	for _, path := range m.opt.paths() {
		if strings.HasPrefix(path, "/tmp/") || strings.HasPrefix(path, "/var/tmp/") {
			return fmt.Errorf("service: %s is in a folder for temporary files, which a service does not see; move it elsewhere and install again", path)
		}
	}
	return nil
}

// account returns the account of the service and creates it if necessary.
func (m *Manager) account(ctx context.Context, r *Report) (*account, error) {
	if _, err := user.Lookup(m.opt.Name); err != nil {
		if err := command(ctx, "useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
			"--shell", "/usr/sbin/nologin", m.opt.Name); err != nil {
			return nil, fmt.Errorf("service: create the account %s: %w", m.opt.Name, err)
		}
		r.add(StepAccountMade, m.opt.Name)
	}
	found, err := user.Lookup(m.opt.Name)
	if err != nil {
		return nil, fmt.Errorf("service: the account %s: %w", m.opt.Name, err)
	}
	a := &account{name: m.opt.Name}
	a.uid, _ = strconv.Atoi(found.Uid)
	a.gid, _ = strconv.Atoi(found.Gid)
	if a.uid == 0 {
		return nil, fmt.Errorf("service: the account %s is root's; choose another --name", m.opt.Name)
	}
	groups, _ := found.GroupIds()
	for _, g := range groups {
		if n, err := strconv.ParseUint(g, 10, 32); err == nil {
			a.groups = append(a.groups, uint32(n))
		}
	}
	return a, nil
}

// enter lets the account pass through the folder of the configuration if that is
// root's, without letting it list the folder.
func (a *account) enter(r *Report, dir string) error {
	mode, st, err := owned(dir)
	if err != nil {
		return err
	}
	if st.Uid != 0 || mode&0o001 != 0 || a.in(st.Gid) && mode&0o010 != 0 || below(dir, homes()) {
		return nil
	}
	if err := os.Chmod(dir, mode|0o001); err != nil {
		return fmt.Errorf("service: let the service into %s: %w", dir, err)
	}
	r.add(StepGranted, dir)
	return nil
}

// owned returns the permissions and the owner of a file.
func owned(path string) (fs.FileMode, *syscall.Stat_t, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, nil, fmt.Errorf("service: %w", err)
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, nil, fmt.Errorf("service: owner of %s: %w", path, errors.ErrUnsupported)
	}
	return info.Mode().Perm(), st, nil
}

// grant lets the account's group read a file of root. Files of other users are not
// changed.
func (a *account) grant(r *Report, path string) error {
	mode, st, err := owned(path)
	if err != nil {
		return err
	}
	switch {
	case mode&0o004 != 0, int(st.Uid) == a.uid && mode&0o400 != 0, a.in(st.Gid) && mode&0o040 != 0:
		return nil
	case st.Gid != 0 && mode&0o040 != 0:
		// Another service reads it and would lose it.
		return fmt.Errorf("service: %s is there for the group %s; give this service a copy, or run: usermod --append --groups %[2]s %s, and install again",
			path, groupName(st.Gid), a.name)
	case st.Uid != 0:
		return fmt.Errorf("service: the account of the service cannot read %s; run: chown root %s, and install again", path, path)
	}
	err = change(path, func(f *os.File) error { return errors.Join(f.Chown(0, a.gid), f.Chmod(mode|0o040)) })
	if err != nil {
		return fmt.Errorf("service: let the service read %s: %w", path, err)
	}
	r.add(StepGranted, path)
	return nil
}

var errLinked = errors.New("it is a link or has a second name; name the file itself")

// change opens a file without following a link and passes it to do, unless it has
// another name too: a link could redirect the change to another file.
func change(path string, do func(*os.File) error) error {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0) //nolint:gosec // named by the administrator
	if errors.Is(err, syscall.ELOOP) {
		return errLinked
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if st, ok := info.Sys().(*syscall.Stat_t); !ok || !info.IsDir() && st.Nlink != 1 {
		return errLinked
	}
	return do(f)
}

func (a *account) in(gid uint32) bool { return int(gid) == a.gid || slices.Contains(a.groups, gid) }

// Planted returns nil: the folders of packages belong to root, and what others can
// change is refused when it is read.
func Planted(string) error { return nil }

// groupName returns the name of a group, or its number if it has none.
func groupName(gid uint32) string {
	id := strconv.FormatUint(uint64(gid), 10)
	if g, err := user.LookupGroupId(id); err == nil {
		return g.Name
	}
	return id
}

// can checks the access as the account, because parent folders, access lists and
// mounts count too. If the check cannot be made, access is assumed.
func (a *account) can(ctx context.Context, test, path, verb string) error {
	if a.may(ctx, test, path) {
		return nil
	}
	closed := path
	for dir := filepath.Dir(path); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if !a.may(ctx, "-x", dir) {
			closed = dir // the last one found is the outermost
		}
	}
	if closed == path {
		return fmt.Errorf("service: the account %s cannot %s %s; run: chmod a+%s %s, and install again", a.name, verb, path, test[1:], path)
	}
	return fmt.Errorf("service: the account %s cannot %s %s: %s is closed to it; move the file to a folder that is not, such as /etc/parcelwatch or /usr/local/bin, and install again", a.name, verb, path, closed)
}

func (a *account) may(ctx context.Context, test, path string) bool {
	ctx, cancel := context.WithTimeout(ctx, controlTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "test", test, path) //nolint:gosec // fixed tool, a path as one argument
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{
		Uid: uint32(a.uid), Gid: uint32(a.gid), Groups: a.groups, //nolint:gosec // the system's own numbers
	}}
	err := cmd.Run()
	no, exited := errors.AsType[*exec.ExitError](err)
	return !exited || no.ExitCode() != 1
}

// folders creates the folders of the store and of the log and, if there is an
// account, hands them over to it.
func (m *Manager) folders(r *Report, a *account) error {
	ours := []string{"*.db*"}
	if m.opt.Log != "" {
		base := filepath.Base(m.opt.Log)
		ours = append(ours, strings.TrimSuffix(base, filepath.Ext(base))+"*")
	}
	if m.opt.Data != "" {
		if err := folder(m.opt.Data, "[store] path", ours, a); err != nil {
			return err
		}
		r.add(StepData, m.opt.Data)
	}
	if m.opt.Log != "" {
		if err := folder(filepath.Dir(m.opt.Log), "[log] file", ours, a); err != nil {
			return err
		}
		r.add(StepLog, m.opt.Log)
	}
	return nil
}

// folder creates a folder. An existing one is handed over only if it holds nothing
// but the program's files, so that a folder such as /var/log is never handed over.
func folder(dir, key string, ours []string, a *account) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("service: make the folder of %s: %w", key, err)
	}
	if a == nil {
		return nil
	}
	_, st, err := owned(dir)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("service: the folder of %s: %w", key, err)
	}
	paths := []string{dir}
	for _, e := range entries {
		switch {
		case !matches(e.Name(), ours) && int(st.Uid) != a.uid:
			return fmt.Errorf("service: the folder %s holds other things (%s), and the service needs it for itself; name a file in a folder of its own as %s", dir, e.Name(), key)
		case matches(e.Name(), ours) && e.Type().IsRegular():
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	for _, path := range paths {
		// A running service may delete a file meanwhile.
		err := change(path, func(f *os.File) error { return f.Chown(a.uid, a.gid) })
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("service: give %s to the service: %w", path, err)
		}
	}
	return nil
}

func matches(name string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, _ := filepath.Match(p, name)
		return ok
	})
}
