package service

import (
	"context"

	"github.com/kardianos/service"
)

// The inside, for tests.
var (
	Unit     = unit
	Bounded  = bounded
	CheckFor = checkPath
)

// Hosted is work under the Windows service manager.
func Hosted(ctx context.Context, p Program) service.Shutdowner {
	return &hosted{ctx: ctx, Program: p}
}

// PackagesIn makes m look for the units of packages there.
func (m *Manager) PackagesIn(dir string) { m.packages = []string{dir} }

// NotifierTo sends to the function.
func NotifierTo(send func(string)) *Notifier { return &Notifier{send: send} }

// ChooseSystemd makes this process take the machine for one with systemd, and
// returns how to take that back.
func ChooseSystemd() func() {
	before := service.AvailableSystems()
	for _, s := range before {
		if s.String() == "linux-systemd" {
			service.ChooseSystem(always{s})
		}
	}
	return func() { service.ChooseSystem(before...) }
}

type always struct{ service.System }

func (always) Detect() bool { return true }
