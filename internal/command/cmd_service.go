package command

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"

	"parcelwatch/config"
	"parcelwatch/internal/household"
	"parcelwatch/internal/textx"
	"parcelwatch/service"
	"parcelwatch/store"
)

type serviceCmd struct {
	Action string `arg:"" enum:"install,uninstall,start,stop,restart,reload,status" help:"${help_service_action}"`
	User   bool   `help:"${help_service_user}"`
	Name   string `default:"parcelwatch" help:"${help_service_name}" placeholder:"NAME"`
}

// Run installs and controls the service.
func (c *serviceCmd) Run(ctx context.Context, e *env) error {
	opt, err := c.options(ctx, e)
	if err != nil {
		return err
	}
	m, err := service.New(opt)
	if err != nil {
		return err
	}
	switch c.Action {
	case "start", "restart", "reload":
		if err := c.readable(e, m); err != nil {
			return err
		}
	}
	if c.Action == "status" {
		return c.status(ctx, e, m)
	}
	do := map[string]func(context.Context) (service.Report, error){
		"install": m.Install, "uninstall": m.Uninstall, "start": m.Start, "stop": m.Stop, "restart": m.Restart, "reload": m.Reload,
	}[c.Action]
	r, err := do(ctx)
	c.report(e, r)
	return err
}

// report prints what was done.
func (c *serviceCmd) report(e *env, r service.Report) {
	if len(r.Steps) > 0 {
		e.print(e.say.T("service_platform", "Name", r.Platform))
	}
	for _, s := range r.Steps {
		e.print(e.say.T("service_"+string(s.What), "Path", s.Path, "Flags", c.flags()))
	}
}

// flags returns the flags that every further action on this service needs.
func (c *serviceCmd) flags() string {
	out := ""
	if c.User {
		out += " --user"
	}
	if c.Name != service.DefaultName {
		out += " --name " + c.Name
	}
	return out
}

// options returns the options for installing a service: the named configuration, else
// the service's present one, else the default one. On Windows it may be missing: the
// installer creates the service, which waits for the configuration.
func (c *serviceCmd) options(ctx context.Context, e *env) (service.Options, error) {
	opt := service.Options{Name: c.Name, User: c.User}
	if c.Action != "install" {
		return opt, nil
	}
	if e.flag == "" && e.getenv(config.EnvFile) == "" {
		if m, err := service.New(opt); err == nil && exists(m.Configuration()) {
			e.flag = m.Configuration()
		}
	}
	cfg, err := e.config(config.AllSections()...)
	if places := config.Places(e.getenv, runtime.GOOS); errors.Is(err, config.ErrNoFile) &&
		runtime.GOOS == "windows" && c.Name == service.DefaultName && len(places) > 0 {
		opt.Config, opt.Data, opt.Later = places[0], filepath.Dir(places[0]), true
		return opt, nil
	}
	if err != nil {
		return opt, err
	}
	opt.Config, opt.Files, opt.Log = cfg.Path, cfg.Files(), cfg.Log.File
	set, err := household.NewSource(cfg, nil).Load(ctx)
	for _, fault := range set.Faults {
		e.note(e.words(fault))
	}
	for name, one := range set.Configs {
		if name != store.Home {
			opt.Files = append(append(opt.Files, one.Path), one.Files()...)
		}
	}
	opt.Data, opt.Store = filepath.Dir(cfg.Store.Path), cfg.Store.Path
	return opt, err
}

// readable checks the configuration before the service reads it. For a service with
// another name the file is only known if it is named or the service manager has it.
func (c *serviceCmd) readable(e *env, m *service.Manager) error {
	if path := m.Configuration(); path != "" && e.flag == "" {
		if e.flag = path; e.noConfig() {
			return usage(e.say.T("service_unconfigured", "Path", path))
		}
	}
	if c.Name != service.DefaultName && e.flag == "" {
		return nil
	}
	_, err := e.config(config.AllSections()...)
	if _, faults := errors.AsType[*config.Error](err); faults {
		return err
	}
	return nil // this account may not be able to read what the service can
}

// status prints what the service manager reports. The exit status is 0 if the
// service runs.
func (c *serviceCmd) status(ctx context.Context, e *env, m *service.Manager) error {
	s, err := m.Status(ctx)
	if err != nil {
		return err
	}
	id := "service_state_absent"
	switch {
	case s.Running:
		id = "service_state_running"
	case s.Failed:
		id = "service_state_failed"
	case s.Installed:
		id = "service_state_stopped"
	}
	text := e.say.T(id, "Name", s.Name, "Platform", s.Platform)
	if s.Detail != "" {
		text += ": " + textx.Line(s.Detail, 200)
	}
	e.print(text)
	err = c.readable(e, m)
	if s.Running {
		if err != nil {
			e.note(err.Error())
		}
		return nil
	}
	if err != nil && (s.Failed || s.Installed && e.noConfig()) {
		return failed(err.Error())
	}
	return failed("")
}
