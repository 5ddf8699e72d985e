package service

import (
	"unsafe"

	"github.com/kardianos/service"
	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc/mgr"
)

// The inside of Windows' part, for tests.
var (
	Words  = words
	Joined = joined
	Inside = inside
	Public = public
)

// The access lists, and what is added to lists elsewhere.
const (
	FolderList, FolderEntries = folderList, folderEntries
	FileList, FileEntries     = fileList, fileEntries
)

// Recovery is what Windows is told to do after a failure.
func Recovery() []mgr.RecoveryAction { return recovery() }

// Wanted is the service as it is asked for.
func Wanted(o Options) *service.Config { return o.config() }

// Sid is whom an entry of an access list is about.
func Sid(ace *windows.ACCESS_ALLOWED_ACE) *windows.SID {
	return (*windows.SID)(unsafe.Pointer(&ace.SidStart))
}
