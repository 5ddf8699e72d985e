package service

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/kardianos/service"
)

// Why the service manager cannot be used.
var (
	// ErrPrivilege means that rights are missing; the message says which.
	ErrPrivilege = errors.New("not enough rights")
	// ErrNotInstalled means that the service does not exist.
	ErrNotInstalled = errors.New("the service is not installed; run: parcelwatch service install")
)

// systemV is the library's name for SysV init.
const systemV = "unix-systemv"

// DefaultName is the name of the service if none is given.
const DefaultName = "parcelwatch"

// Options describe the service. All paths must be absolute.
type Options struct {
	Name       string   // empty for DefaultName
	User       bool     // a service of the current user, not of the machine
	Executable string   // empty for this program
	Config     string   // the configuration the service reads
	Later      bool     // Config may be missing; the service waits for it
	Data       string   // folder of the store; created for the service
	Store      string   // the store's file in Data; empty while it is not known
	Log        string   // the log file, whose folder is created; empty for none
	Files      []string // other files the service reads: secrets, certificates
}

// Manager controls one service.
type Manager struct {
	opt      Options
	sys      backend
	packages []string // folders where packages put their units
}

// backend is the part of kardianos/service that is used.
type backend interface {
	Install() error
	Uninstall() error
	Start() error
	Stop() error
	Platform() string
	Status() (service.Status, error)
}

var nameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)

// New checks the options and finds the machine's service manager.
func New(opt Options) (*Manager, error) {
	if opt.Name == "" {
		opt.Name = DefaultName
	}
	if !nameForm.MatchString(opt.Name) {
		return nil, fmt.Errorf("service: name %q: letters, digits, dashes, dots and underscores are expected", opt.Name)
	}
	if opt.Executable == "" {
		path, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("service: find this program: %w", err)
		}
		if opt.Executable, err = filepath.EvalSymlinks(path); err != nil {
			return nil, fmt.Errorf("service: find this program: %w", err)
		}
	}
	for _, path := range opt.paths() {
		if err := checkPath(path); err != nil {
			return nil, err
		}
	}
	sys, err := service.New(idle{}, opt.config())
	if err != nil {
		return nil, fmt.Errorf("service: find the service manager: %w", err)
	}
	m := &Manager{opt: opt, sys: sys}
	if m.systemd() && !opt.User {
		m.packages = []string{"/usr/lib/systemd/system", "/lib/systemd/system"}
	}
	return m, nil
}

// paths returns everything that the service uses; some may be empty.
func (o Options) paths() []string {
	return append([]string{o.Executable, o.Config, o.Data, o.Log}, o.Files...)
}

// checkPath rejects paths that are read differently in a unit file or the registry.
func checkPath(path string) error {
	switch {
	case path == "":
		return nil
	case !filepath.IsAbs(path):
		return fmt.Errorf("service: path %q is not absolute", path)
	case strings.ContainsAny(path, "\n\r\"\x00") || strings.Contains(path, "{{"):
		return fmt.Errorf("service: path %q holds a character that service managers do not take", path)
	}
	return nil
}

// config returns the configuration for kardianos/service.
func (o Options) config() *service.Config {
	c := &service.Config{
		Name:        o.Name,
		DisplayName: "parcelwatch",
		Description: "Follows parcels that shops announce by mail, and tells what changed",
		Executable:  o.Executable,
		Arguments:   []string{"run"},
		Option: service.KeyValue{
			"UserService":      o.User,
			"SystemdScript":    unit(o),
			"DelayedAutoStart": true,
			"RunAtLoad":        true, // launchd: start at boot
			"LogOutput":        true, // launchd, OpenRC and SysV have no log of their own
		},
	}
	if o.Name != DefaultName {
		c.DisplayName += " (" + o.Name + ")"
	}
	if o.Config != "" {
		c.Arguments = append(c.Arguments, "--config", o.Config)
	}
	o.adapt(c)
	return c
}

// Platform returns the name of the service manager, such as "linux-systemd".
func (m *Manager) Platform() string { return m.sys.Platform() }

// Report lists what was done, in order.
type Report struct {
	Platform string
	Steps    []Step
}

// Step is one thing that was done or found.
type Step struct {
	What StepKind
	Path string // the file, folder or account it is about
}

// StepKind names a step. The caller translates it.
type StepKind string

// The steps.
const (
	StepProgram     StepKind = "program"      // the program the service runs
	StepConfig      StepKind = "config"       // the configuration it reads
	StepLater       StepKind = "later"        // the configuration does not exist yet
	StepData        StepKind = "data"         // the folder of its store
	StepLog         StepKind = "log"          // the log file
	StepAccount     StepKind = "account"      // the account it runs under
	StepAccountMade StepKind = "account_made" // that account was created
	StepGranted     StepKind = "granted"      // the account may now read this file, or enter this folder
	StepUnit        StepKind = "unit"         // the service's own file was written
	StepReplaced    StepKind = "replaced"     // the service existed and was replaced
	StepUnchanged   StepKind = "unchanged"    // the service exists with the same settings
	StepAbsent      StepKind = "absent"       // the service did not exist
	StepDisabled    StepKind = "disabled"     // it belongs to a package and no longer starts
	StepRemoved     StepKind = "removed"
	StepStarted     StepKind = "started"
	StepStopped     StepKind = "stopped"
	StepReloaded    StepKind = "reloaded"
	StepRecovery    StepKind = "recovery" // restart after a failure was set up
	StepLinger      StepKind = "linger"   // a user's service ends at logout unless lingering is on
)

func (r *Report) add(what StepKind, path string) {
	r.Steps = append(r.Steps, Step{What: what, Path: path})
}

// Install creates the service, or replaces it if it exists, and enables it. It does
// not start it.
func (m *Manager) Install(ctx context.Context) (Report, error) {
	r := Report{Platform: m.Platform()}
	if err := m.privileged("to install"); err != nil {
		return r, err
	}
	r.add(StepProgram, m.opt.Executable)
	switch err := m.readable(m.opt.Config); {
	case err == nil:
		r.add(StepConfig, m.opt.Config)
	case m.opt.Later && errors.Is(err, os.ErrNotExist):
		r.add(StepLater, m.opt.Config)
	default:
		return r, err
	}
	if err := m.prepare(ctx, &r); err != nil {
		return r, err
	}
	if path := m.same(); path != "" {
		r.add(StepUnchanged, path)
		// A package may have been told not to enable it.
		if err := m.systemctl(ctx, "enable"); err != nil {
			return r, m.explain("enable", err)
		}
		return r, nil
	}
	if err := m.write(&r); err != nil {
		return r, err
	}
	if m.Platform() == systemV {
		if err := register(ctx, m.opt.Name, "defaults"); err != nil {
			return r, m.explain("install", err)
		}
	}
	return r, m.finish(ctx, &r)
}

// Uninstall stops and removes the service. Configuration and store stay.
func (m *Manager) Uninstall(ctx context.Context) (Report, error) {
	r := Report{Platform: m.Platform()}
	if err := m.privileged("to remove"); err != nil {
		return r, err
	}
	if !m.installed() {
		r.add(StepAbsent, m.opt.Name)
		return r, nil
	}
	if running, _ := m.running(); running {
		if err := m.stop(ctx); err != nil {
			return r, m.explain("stop", err)
		}
		r.add(StepStopped, m.opt.Name)
	}
	if path := m.packaged(); path != "" && !m.exists() {
		if err := m.systemctl(ctx, "disable"); err != nil {
			return r, m.explain("disable", err)
		}
		r.add(StepDisabled, path)
		return r, nil
	}
	if err := m.sys.Uninstall(); err != nil {
		return r, m.explain("remove", err)
	}
	if m.Platform() == systemV {
		if err := errors.Join(register(ctx, m.opt.Name, "remove"), unlink("/etc", m.opt.Name)); err != nil {
			return r, m.explain("remove", err)
		}
	}
	r.add(StepRemoved, m.opt.Name)
	return r, nil
}

// Start starts the service. It does nothing if the service runs.
func (m *Manager) Start(ctx context.Context) (Report, error) {
	return m.control("start", StepStarted, func() error {
		if running, _ := m.running(); running {
			return nil
		}
		return m.start(ctx)
	})
}

// Stop stops the service. It does nothing if the service does not run.
func (m *Manager) Stop(ctx context.Context) (Report, error) {
	return m.control("stop", StepStopped, func() error {
		if running, err := m.running(); err == nil && !running {
			return nil
		}
		return m.stop(ctx)
	})
}

// Restart stops the service if it runs, and starts it.
func (m *Manager) Restart(ctx context.Context) (Report, error) {
	return m.control("restart", StepStarted, func() error {
		if running, _ := m.running(); running {
			if err := m.stop(ctx); err != nil {
				return err
			}
		}
		return m.start(ctx)
	})
}

// Reload makes the service read its configuration again. If the service manager has
// no such action, the service is restarted.
func (m *Manager) Reload(ctx context.Context) (Report, error) {
	if !m.systemd() {
		return m.Restart(ctx)
	}
	return m.control("reload", StepReloaded, func() error { return m.systemctl(ctx, "reload") })
}

func (m *Manager) systemd() bool { return m.Platform() == "linux-systemd" }

func (m *Manager) control(verb string, done StepKind, do func() error) (Report, error) {
	r := Report{Platform: m.Platform()}
	if !m.installed() {
		return r, fmt.Errorf("service: %w", ErrNotInstalled)
	}
	if err := m.privileged("to " + verb); err != nil {
		return r, err
	}
	if err := do(); err != nil {
		return r, m.explain(verb, err)
	}
	r.add(done, m.opt.Name)
	return r, nil
}

// installed asks the service manager. For systemd it looks for the unit files,
// because kardianos/service reports a service that is reloading or stopping as not
// installed.
func (m *Manager) installed() bool {
	if m.systemd() {
		return m.exists() || m.packaged() != ""
	}
	_, err := m.ask()
	return !errors.Is(err, service.ErrNotInstalled)
}

// ask returns the status from the library. For init scripts the library does not
// distinguish a stopped service from an unknown one, so ask looks for the script.
func (m *Manager) ask() (service.Status, error) {
	status, err := m.sys.Status()
	if p := m.Platform(); p != "linux-openrc" && p != systemV {
		return status, err
	}
	switch {
	case !m.exists():
		return service.StatusUnknown, service.ErrNotInstalled
	case err != nil:
		return service.StatusStopped, nil //nolint:nilerr // the script says no by failing
	}
	return status, nil
}

// packaged returns the unit that a package installed, or "".
func (m *Manager) packaged() string {
	for _, dir := range m.packages {
		path := filepath.Join(dir, m.opt.Name+".service")
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}

func (m *Manager) running() (bool, error) {
	status, err := m.ask()
	return status == service.StatusRunning, err
}

// readable checks that the file that the service needs can be read.
func (m *Manager) readable(path string) error {
	f, err := os.Open(path) //nolint:gosec // the person names the file
	if err != nil {
		return fmt.Errorf("service: the configuration: %w", err)
	}
	return f.Close()
}

// explain adds where to find the messages of the service manager, which are not in
// its exit status.
func (m *Manager) explain(doing string, err error) error {
	return fmt.Errorf("service: %s %s: %w%s", doing, m.opt.Name, err, m.hint())
}

// idle is a program that does nothing, which kardianos/service requires of commands
// that only control a service.
type idle struct{}

func (idle) Start(service.Service) error { return nil }
func (idle) Stop(service.Service) error  { return nil }
