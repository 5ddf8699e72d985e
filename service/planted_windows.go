package service

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/windows"
)

// mostFiles bounds the files of the machine's folder that are looked at.
const mostFiles = 10_000

// Planted returns a [PlantedError] if the path is in the machine's folder of this
// program and anything in that folder is a link or has an owner who is not trusted:
// everybody may create the folder before the program is installed.
func Planted(path string) error {
	folder, err := machineFolder()
	if err != nil {
		return err
	}
	if !inside(path, folder) {
		return nil
	}
	me, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return fmt.Errorf("service: find the own account: %w", err)
	}
	return planted(folder, me.User.Sid.String())
}

func planted(folder, self string) error {
	seen := 0
	return filepath.WalkDir(folder, func(at string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
			return nil // an account that may not look into the folder does not run the service
		}
		if seen++; err == nil && seen > mostFiles {
			return &PlantedError{Path: folder, Folder: folder}
		}
		if err != nil {
			return fmt.Errorf("service: look into %s: %w", folder, err)
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("service: look at %s: %w", at, err)
		}
		if a, ok := info.Sys().(*syscall.Win32FileAttributeData); ok && a.FileAttributes&windows.FILE_ATTRIBUTE_REPARSE_POINT != 0 {
			return &PlantedError{Path: at, Folder: folder, Link: true}
		}
		sid, err := ownerOf(at)
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
			return nil
		case err != nil:
			return fmt.Errorf("service: read the owner of %s: %w", at, err)
		case !trustedOwner(sid, self):
			return &PlantedError{Path: at, Folder: folder}
		}
		return nil
	})
}

// ownerOf returns the SID of a file's owner.
func ownerOf(path string) (string, error) {
	sd, err := windows.GetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, windows.OWNER_SECURITY_INFORMATION)
	if err != nil {
		return "", err
	}
	owner, _, err := sd.Owner()
	if err != nil {
		return "", err
	}
	return owner.String(), nil
}
