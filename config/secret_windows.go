package config

import (
	"encoding/base64"
	"fmt"
	"io/fs"
	"unsafe"

	"golang.org/x/sys/windows"
)

// readableByOthers is always false on Windows, where the file mode is
// meaningless. [Load] checks the file's access list and warns.
func readableByOthers(fs.FileInfo) bool { return false }

// changeable returns the command that closes a file which a large group may write
// according to its access list, or "".
func changeable(path string) (string, error) {
	sd, err := windows.GetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil || granted(sd, windows.FILE_WRITE_DATA|windows.WRITE_DAC|windows.WRITE_OWNER|windows.GENERIC_WRITE|windows.GENERIC_ALL) == "" {
		return "", err
	}
	return closing(path), nil
}

// openTo returns the message id of a large group that may read the file
// according to its access list, or "".
func openTo(path string) string {
	sd, err := windows.GetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		return ""
	}
	return readers(sd)
}

func readers(sd *windows.SECURITY_DESCRIPTOR) string {
	return granted(sd, windows.FILE_READ_DATA|windows.GENERIC_READ|windows.GENERIC_ALL)
}

// granted returns the message id of a large group to which an access list grants one
// of the rights, or "".
func granted(sd *windows.SECURITY_DESCRIPTOR, rights windows.ACCESS_MASK) string {
	dacl, _, err := sd.DACL()
	if err != nil {
		return ""
	}
	if dacl == nil { // without a list everyone has full access
		return "config_everybody"
	}
	groups := map[windows.WELL_KNOWN_SID_TYPE]string{
		windows.WinWorldSid: "config_everybody", windows.WinBuiltinUsersSid: "config_every_user", windows.WinAuthenticatedUserSid: "config_every_user",
	}
	for i := range uint32(dacl.AceCount) {
		var ace *windows.ACCESS_ALLOWED_ACE
		if windows.GetAce(dacl, i, &ace) != nil || ace.Header.AceType != windows.ACCESS_ALLOWED_ACE_TYPE {
			continue
		}
		if ace.Mask&rights == 0 {
			continue
		}
		sid := (*windows.SID)(unsafe.Pointer(&ace.SidStart))
		for kind, name := range groups {
			if sid.IsWellKnown(kind) {
				return name
			}
		}
	}
	return ""
}

// unprotect decrypts a blob made by CryptProtectData on this machine.
func unprotect(blob string) (string, error) {
	data, err := base64.StdEncoding.DecodeString(blob)
	if err != nil || len(data) == 0 {
		return "", errNotBase64
	}
	in := windows.DataBlob{Size: uint32(len(data)), Data: &data[0]} //nolint:gosec // bounded by the file's size
	var out windows.DataBlob
	if err := windows.CryptUnprotectData(&in, nil, nil, 0, nil, windows.CRYPTPROTECT_UI_FORBIDDEN, &out); err != nil {
		return "", fmt.Errorf("%w: %w", errForeignBlob, err)
	}
	defer func() { _, _ = windows.LocalFree(windows.Handle(unsafe.Pointer(out.Data))) }()
	return string(unsafe.Slice(out.Data, out.Size)), nil
}
