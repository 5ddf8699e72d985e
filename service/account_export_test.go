//go:build !windows

package service

// Account exposes account to tests.
type Account = account

// Internals of Install for tests.
var (
	Enter  = (*account).enter
	Grant  = (*account).grant
	Can    = (*account).can
	Folder = folder
	Unlink = unlink

	PrivateLogs = privateLogs
)

// AccountOf returns an account with this user and group id.
func AccountOf(id int) *Account { return &account{name: "family", uid: id, gid: id} }

// Visible checks that a confined service can see its paths.
func (m *Manager) Visible() error { return m.visible() }
