//go:build !windows

package service

// Account is a service's account, for tests.
type Account = account

// The inside of an install, for tests.
var (
	Enter  = (*account).enter
	Grant  = (*account).grant
	Can    = (*account).can
	Folder = folder
	Unlink = unlink
)

// AccountOf is the account with those numbers.
func AccountOf(id int) *Account { return &account{name: "family", uid: id, gid: id} }

// Visible checks paths against what a confined service sees.
func (m *Manager) Visible() error { return m.visible() }
