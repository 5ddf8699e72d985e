package service

import (
	"context"

	"github.com/kardianos/service"
)

// Internals for tests.
var (
	Unit     = unit
	Bounded  = bounded
	CheckFor = checkPath

	TrustedOwner = trustedOwner
)

// List returns the access list of something in the service's folder on Windows.
func (o Options) List(path string, folder bool, owner string) string {
	return o.list(path, folder, owner)
}

// The access lists of Windows.
const (
	FolderList, FolderEntries = folderList, folderEntries
	FileList, FileEntries     = fileList, fileEntries
	StoreList                 = storeList
)

// Hosted returns a program under the Windows service manager.
func Hosted(ctx context.Context, p Program) service.Shutdowner {
	return &hosted{ctx: ctx, Program: p}
}

// PackagesIn sets the directory in which m looks for the units of packages.
func (m *Manager) PackagesIn(dir string) { m.packages = []string{dir} }

// NotifierTo returns a notifier that calls send.
func NotifierTo(send func(string)) *Notifier { return &Notifier{send: send} }

// ChooseSystemd makes this process assume a machine with systemd. It returns a
// function that undoes this.
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
