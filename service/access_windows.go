package service

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

// The access lists in SDDL. The system and administrators may do everything. The
// account of the service (LS) may create files in the folder and change its own. It
// may only read the configuration and its secrets: otherwise an attacker who controls
// the service could make administrators run commands.
const (
	folderEntries = "(A;;0x1200ab;;;LS)(A;OIIO;0x1301bf;;;LS)"
	folderList    = "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)" + folderEntries
	fileEntries   = "(A;;FR;;;LS)"
	fileList      = "D:P(A;;FA;;;SY)(A;;FA;;;BA)" + fileEntries
)

// folder creates a folder that the service may write to.
func (m *Manager) folder(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return fmt.Errorf("service: make the folder %s: %w", path, err)
	}
	if err := admit(path, folderList, folderEntries); err != nil {
		return fmt.Errorf("service: let the service into %s: %w", path, err)
	}
	return nil
}

// protect lets the service read a file.
func protect(path string) error { return admit(path, fileList, fileEntries) }

// admit sets the access list of a path in the machine's folder of this program and
// makes administrators its owner. Elsewhere the entries are added to the list.
func admit(path, list, entries string) error {
	parts := windows.SECURITY_INFORMATION(windows.DACL_SECURITY_INFORMATION)
	if ours(path) {
		parts |= windows.PROTECTED_DACL_SECURITY_INFORMATION | windows.OWNER_SECURITY_INFORMATION
		list = "O:BA" + list
	} else {
		now, err := windows.GetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, parts)
		if err != nil {
			return err
		}
		if list = joined(now.String(), entries); list == "" {
			return nil
		}
	}
	sd, err := windows.SecurityDescriptorFromString(list)
	if err != nil {
		return fmt.Errorf("access list: %w", err)
	}
	dacl, _, err := sd.DACL()
	if err != nil {
		return fmt.Errorf("access list: %w", err)
	}
	owner, _, err := sd.Owner()
	if err != nil {
		return fmt.Errorf("access list: %w", err)
	}
	return windows.SetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, parts, owner, nil, dacl, nil)
}

// joined inserts the entries after the explicit and before the inherited ones, as
// Windows requires. It returns "" if the list has them all.
func joined(list, entries string) string {
	head, body, _ := strings.Cut(list, "(")
	if !strings.Contains(head, "D:") || body == "" {
		return "" // no list: everyone may do everything
	}
	var own, inherited strings.Builder
	for entry := range strings.SplitSeq(strings.TrimSuffix(body, ")"), ")(") {
		entry = "(" + entry + ")"
		entries = strings.ReplaceAll(entries, entry, "")
		if fields := strings.Split(entry, ";"); len(fields) > 1 && strings.Contains(fields[1], "ID") {
			inherited.WriteString(entry)
		} else {
			own.WriteString(entry)
		}
	}
	if entries == "" {
		return ""
	}
	return head + own.String() + entries + inherited.String()
}

// ours reports whether a path is in the machine's folder of this program.
func ours(path string) bool {
	base, err := windows.KnownFolderPath(windows.FOLDERID_ProgramData, windows.KF_FLAG_DEFAULT)
	return err == nil && inside(path, filepath.Join(base, DefaultName))
}

// inside reports whether a path is the folder or in it, ignoring case.
func inside(path, folder string) bool {
	path, folder = strings.ToLower(filepath.Clean(path)), strings.ToLower(filepath.Clean(folder))
	return path == folder || strings.HasPrefix(path, folder+`\`)
}

// commandLine returns the command line of the service.
func commandLine(service windows.Handle) (string, error) {
	var config struct {
		windows.QUERY_SERVICE_CONFIG
		texts [7 << 10]byte // Windows returns at most 8 KB
	}
	need := uint32(0)
	if err := windows.QueryServiceConfig(service, &config.QUERY_SERVICE_CONFIG, uint32(unsafe.Sizeof(config)), &need); err != nil {
		return "", err
	}
	return windows.UTF16PtrToString(config.BinaryPathName), nil
}
