package service

import (
	"context"
	"errors"
	"strings"

	"github.com/kardianos/service"
)

// Status is the state reported by the service manager.
type Status struct {
	Name      string
	Platform  string
	Installed bool
	Running   bool
	Failed    bool
	Detail    string // the manager's own text; may be empty
}

// Status queries the service manager. It is not an error if the service is not
// installed.
func (m *Manager) Status(ctx context.Context) (Status, error) {
	out := Status{Name: m.opt.Name, Platform: m.Platform()}
	if m.systemd() {
		if out.Installed = m.installed(); out.Installed {
			m.askSystemd(ctx, &out)
		}
		return out, nil
	}
	status, err := m.ask()
	switch {
	case errors.Is(err, service.ErrNotInstalled):
		return out, nil
	case err != nil:
		return out, m.explain("ask", err)
	}
	out.Installed = true
	out.Running = status == service.StatusRunning
	m.ended(&out)
	return out, nil
}

// askSystemd queries systemd for details that kardianos/service does not
// provide.
func (m *Manager) askSystemd(ctx context.Context, out *Status) {
	text, err := m.show(ctx, "ActiveState,SubState,StatusText,Result")
	if err != nil {
		out.Detail = err.Error()
		return
	}
	said := map[string]string{}
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			said[key] = value
		}
	}
	out.Running = said["ActiveState"] == "active" || said["ActiveState"] == "reloading" || said["ActiveState"] == "activating" && said["SubState"] != "auto-restart"
	out.Failed = said["ActiveState"] == "failed" || said["SubState"] == "auto-restart"
	switch {
	case out.Running:
		out.Detail = said["StatusText"]
	case out.Failed && said["Result"] != "success":
		out.Detail = said["Result"]
	}
}
