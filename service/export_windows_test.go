package service

import (
	"unsafe"

	"github.com/kardianos/service"
	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc/mgr"
)

// Internals of the Windows code for tests.
var (
	Words  = words
	Joined = joined
	Inside = inside
	Public = public

	PlantedIn = planted
	OwnerOf   = ownerOf
	Create    = create
)

// Recovery returns the actions that Windows takes after a failure.
func Recovery() []mgr.RecoveryAction { return recovery() }

// Wanted returns the configuration passed to kardianos/service.
func Wanted(o Options) *service.Config { return o.config() }

// Sid returns the account that an entry of an access list applies to.
func Sid(ace *windows.ACCESS_ALLOWED_ACE) *windows.SID {
	return (*windows.SID)(unsafe.Pointer(&ace.SidStart))
}

// Reset gives everything in a folder its access list.
func (o Options) Reset(folder string) error { return o.reset(folder) }
