package service

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

// adopt makes the machine's folder of this program belong to administrators and closes it
// to others, with everything that is in it. A folder that somebody else made is refused.
func (m *Manager) adopt() error {
	folder, err := machineFolder()
	if err != nil {
		return err
	}
	if err := create(folder); err != nil {
		return fmt.Errorf("service: make the folder %s: %w", folder, err)
	}
	if err := Planted(folder); err != nil {
		return err
	}
	if err := admit(folder, folderList, folderEntries); err != nil {
		return fmt.Errorf("service: let the service into %s: %w", folder, err)
	}
	// Others could add to the folder until now.
	if err := Planted(folder); err != nil {
		return err
	}
	return m.opt.reset(folder)
}

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

// create makes a folder with the access list of the service's folder. An existing one
// stays as it is.
func create(path string) error {
	sd, err := windows.SecurityDescriptorFromString("O:BA" + folderList)
	if err != nil {
		return fmt.Errorf("access list: %w", err)
	}
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return err
	}
	attributes := &windows.SecurityAttributes{SecurityDescriptor: sd}
	attributes.Length = uint32(unsafe.Sizeof(*attributes))
	if err := windows.CreateDirectory(name, attributes); !errors.Is(err, windows.ERROR_ALREADY_EXISTS) {
		return err
	}
	return nil
}

// reset gives everything in a folder the access list that it should have: an entry that
// was made before the folder was closed to others may let them in.
func (o Options) reset(folder string) error {
	return filepath.WalkDir(folder, func(at string, d fs.DirEntry, err error) error {
		if err != nil || at == folder {
			return err
		}
		owner, err := ownerOf(at)
		if err == nil {
			err = set(at, o.list(at, d.IsDir(), owner), windows.DACL_SECURITY_INFORMATION|windows.PROTECTED_DACL_SECURITY_INFORMATION)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("service: set the access list of %s: %w", at, err)
		}
		return nil
	})
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
	return set(path, list, parts)
}

// set sets parts of the security descriptor of a path.
func set(path, list string, parts windows.SECURITY_INFORMATION) error {
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

// machineFolder is where the configuration and the store of the machine's service are.
func machineFolder() (string, error) {
	base, err := windows.KnownFolderPath(windows.FOLDERID_ProgramData, windows.KF_FLAG_DEFAULT)
	if err != nil {
		return "", fmt.Errorf("service: find the folder of programs' data: %w", err)
	}
	return filepath.Join(base, DefaultName), nil
}

// ours reports whether a path is in the machine's folder of this program.
func ours(path string) bool {
	folder, err := machineFolder()
	return err == nil && inside(path, folder)
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
