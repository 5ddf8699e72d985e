package service

import (
	"path/filepath"
	"slices"
	"strings"
)

// Access lists of Windows in SDDL. The system and administrators may do everything. The
// account of the service (LS) may create files in the folder and change those that it
// made. It may only read the configuration and its secrets: otherwise an attacker who
// controls the service could make administrators run commands.
const (
	folderEntries = "(A;;0x1200ab;;;LS)(A;OIIO;0x1301bf;;;LS)"
	folderList    = "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)" + folderEntries
	fileEntries   = "(A;;FR;;;LS)"
	fileList      = "D:P(A;;FA;;;SY)(A;;FA;;;BA)" + fileEntries
	storeList     = "D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x1301bf;;;LS)"
)

// serviceSID is the account LocalService.
const serviceSID = "S-1-5-19"

// list returns the access list of something in the machine's folder of this program. The
// service may change what it made itself and the files of its store, which an
// administrator may have restored; another file may be a configuration.
func (o Options) list(path string, folder bool, owner string) string {
	same := func(other string) bool { return strings.EqualFold(filepath.Clean(path), filepath.Clean(other)) }
	switch {
	case folder:
		return folderList
	case same(o.Config), slices.ContainsFunc(o.Files, same):
		return fileList
	case owner == serviceSID, o.Store != "" && strings.HasPrefix(strings.ToLower(path), strings.ToLower(filepath.Clean(o.Store))):
		return storeList
	}
	return fileList
}
