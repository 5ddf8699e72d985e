package service_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"parcelwatch/service"
)

// systemctl replaces the real one. It keeps a service's state in files and
// records its arguments.
const systemctl = `#!/bin/sh
echo "$*" >> "$STUB/calls"
[ -e "$STUB/broken" ] && { echo "Failed to connect to bus" >&2; exit 1; }
args=; for a in "$@"; do [ "$a" = --user ] || args="$args $a"; done
set -- $args
case "$1" in
--version) echo "systemd 252" ;;
is-active) if [ -e "$STUB/running" ]; then echo active; else echo inactive; exit 3; fi ;;
list-unit-files) [ -e "$HOME/.config/systemd/user/parcelwatch.service" ] && echo "parcelwatch.service enabled"; exit 0 ;;
start|restart) touch "$STUB/running" ;;
stop) rm -f "$STUB/running" ;;
show) if [ -e "$STUB/running" ]; then echo ActiveState=active; echo SubState=running; else echo ActiveState=failed; echo SubState=failed; fi
  echo "StatusText=watching 2 mailboxes, 7 parcels"; echo Result=exit-code ;;
esac
`

// machine returns the options of a user service in a new home directory, and
// the directory of the systemctl stub.
func machine(t *testing.T) (service.Options, string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("systemd is on Linux only")
	}
	stub, home := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(stub, "systemctl"), []byte(systemctl), 0o700); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(home, "parcelwatch.toml")
	if err := os.WriteFile(config, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("STUB", stub)
	t.Setenv("HOME", home)
	t.Setenv("PATH", stub+":/usr/bin:/bin")
	t.Cleanup(service.ChooseSystemd())
	return service.Options{User: true, Executable: "/usr/bin/parcelwatch", Config: config, Data: filepath.Join(home, "state")}, stub
}

func manager(t *testing.T, opt service.Options) *service.Manager {
	t.Helper()
	m, err := service.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func kinds(r service.Report) []service.StepKind {
	out := make([]service.StepKind, 0, len(r.Steps))
	for _, s := range r.Steps {
		out = append(out, s.What)
	}
	return out
}

func TestAServiceLives(t *testing.T) {
	opt, stub := machine(t)
	m, ctx := manager(t, opt), t.Context()

	if _, err := m.Start(ctx); !errors.Is(err, service.ErrNotInstalled) {
		t.Errorf("start before install: %v", err)
	}
	if s, err := m.Status(ctx); err != nil || s.Installed || s.Running {
		t.Errorf("status before install: %+v, %v", s, err)
	}
	r, err := m.Install(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []service.StepKind{service.StepProgram, service.StepConfig, service.StepData, service.StepUnit, service.StepLinger} {
		if !slices.Contains(kinds(r), want) {
			t.Errorf("install does not tell %s: %v", want, r.Steps)
		}
	}
	path := filepath.Join(os.Getenv("HOME"), ".config/systemd/user/parcelwatch.service")
	data, err := os.ReadFile(path)
	if err != nil || string(data) != service.Unit(service.Options{Name: "parcelwatch", User: true, Executable: opt.Executable, Config: opt.Config, Data: opt.Data}) {
		t.Errorf("the unit: %v\n%s", err, data)
	}
	if got := m.Configuration(); got != opt.Config {
		t.Errorf("it reads %q, want %q", got, opt.Config)
	}
	if info, err := os.Stat(opt.Data); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder of the store: %v, %v", info, err)
	}

	if r, err = m.Install(ctx); err != nil || !slices.Contains(kinds(r), service.StepUnchanged) {
		t.Errorf("the second install: %v, %v", r.Steps, err)
	}
	opt.Executable = "/opt/parcelwatch"
	if r, err = manager(t, opt).Install(ctx); err != nil || !slices.Contains(kinds(r), service.StepReplaced) {
		t.Errorf("install of another program: %v, %v", r.Steps, err)
	}
	if data, _ = os.ReadFile(path); !strings.Contains(string(data), `ExecStart="/opt/parcelwatch" run`) {
		t.Errorf("the unit was not written anew:\n%s", data)
	}

	for i, do := range []func() (service.Report, error){
		func() (service.Report, error) { return m.Start(ctx) },
		func() (service.Report, error) { return m.Start(ctx) },
		func() (service.Report, error) { return m.Reload(ctx) },
		func() (service.Report, error) { return m.Restart(ctx) },
	} {
		if _, err := do(); err != nil {
			t.Errorf("step %d: %v", i, err)
		}
	}
	if s, err := m.Status(ctx); err != nil || !s.Running || s.Detail != "watching 2 mailboxes, 7 parcels" {
		t.Errorf("status: %+v, %v", s, err)
	}
	if r, err = m.Uninstall(ctx); err != nil || !slices.Contains(kinds(r), service.StepStopped) || !slices.Contains(kinds(r), service.StepRemoved) {
		t.Errorf("uninstall: %v, %v", r.Steps, err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the unit is still there: %v", err)
	}
	if r, err = m.Uninstall(ctx); err != nil || !slices.Contains(kinds(r), service.StepAbsent) {
		t.Errorf("the second uninstall: %v, %v", r.Steps, err)
	}
	calls, _ := os.ReadFile(filepath.Join(stub, "calls"))
	if strings.Count(string(calls), "start --user parcelwatch.service") != 2 || !strings.Contains(string(calls), "--user reload parcelwatch") {
		t.Errorf("a second start was not spared, or no reload:\n%s", calls)
	}
}

func TestThePackagesOwnUnitIsUsedAndNeverRemoved(t *testing.T) {
	opt, stub := machine(t)
	m, ctx, dir := manager(t, opt), t.Context(), t.TempDir()
	m.PackagesIn(dir)
	path := filepath.Join(dir, "parcelwatch.service")
	opt.Name = "parcelwatch"
	if err := os.WriteFile(path, []byte(service.Unit(opt)), 0o600); err != nil {
		t.Fatal(err)
	}
	if r, err := m.Install(ctx); err != nil || r.Steps[len(r.Steps)-1] != (service.Step{What: service.StepUnchanged, Path: path}) {
		t.Errorf("install: %v, %v", r.Steps, err)
	}
	if s, err := m.Status(ctx); err != nil || !s.Installed {
		t.Errorf("status: %+v, %v", s, err)
	}
	if r, err := m.Uninstall(ctx); err != nil || r.Steps[len(r.Steps)-1] != (service.Step{What: service.StepDisabled, Path: path}) {
		t.Errorf("uninstall: %v, %v", r.Steps, err)
	}
	calls, _ := os.ReadFile(filepath.Join(stub, "calls"))
	if !strings.Contains(string(calls), "--user enable parcelwatch") || !strings.Contains(string(calls), "--user disable parcelwatch") {
		t.Errorf("systemctl was called with:\n%s", calls)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	opt.Config += "2"
	if err := os.WriteFile(opt.Config, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	m = manager(t, opt)
	m.PackagesIn(dir)
	if r, err := m.Install(ctx); err != nil || !slices.Contains(kinds(r), service.StepUnit) {
		t.Errorf("another configuration needs a unit of its own: %v, %v", r.Steps, err)
	}
}

func TestAStoppedServiceIsLeftAlone(t *testing.T) {
	opt, stub := machine(t)
	m, ctx := manager(t, opt), t.Context()
	if _, err := m.Install(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Stop(ctx); err != nil {
		t.Error(err)
	}
	if s, err := m.Status(ctx); err != nil || s.Running || !s.Failed || s.Detail != "exit-code" {
		t.Errorf("status: %+v, %v", s, err)
	}
	if calls, _ := os.ReadFile(filepath.Join(stub, "calls")); strings.Contains(string(calls), "stop") {
		t.Errorf("it was stopped:\n%s", calls)
	}
}

func TestAFailedInstallLeavesNothingAndSaysWhereToLook(t *testing.T) {
	opt, stub := machine(t)
	if err := os.WriteFile(filepath.Join(stub, "broken"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := manager(t, opt).Install(t.Context())
	if err == nil || !strings.Contains(err.Error(), "systemctl --user status parcelwatch") {
		t.Errorf("got %v", err)
	}
	if err := os.Remove(filepath.Join(stub, "broken")); err != nil {
		t.Fatal(err)
	}
	if _, err := manager(t, opt).Install(t.Context()); err != nil {
		t.Errorf("the next install: %v", err)
	}
}

func TestInstallWithoutItsConfigurationIsRefused(t *testing.T) {
	opt, _ := machine(t)
	opt.Config += ".none"
	if _, err := manager(t, opt).Install(t.Context()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestAServiceOfTheMachineNeedsRoot(t *testing.T) {
	opt, _ := machine(t)
	if os.Geteuid() == 0 {
		t.Skip("this is root")
	}
	opt.User = false
	if _, err := manager(t, opt).Install(t.Context()); !errors.Is(err, service.ErrPrivilege) || !strings.Contains(err.Error(), "sudo") {
		t.Errorf("got %v", err)
	}
}
