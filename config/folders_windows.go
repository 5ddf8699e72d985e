package config

import (
	"os"

	"golang.org/x/sys/windows"
)

// Getenv is [os.Getenv] with Windows' own word on where its folders are: the
// environment of a console, of a service and of an installer need not agree.
func Getenv(key string) string {
	folder := map[string]*windows.KNOWNFOLDERID{
		"ProgramData": windows.FOLDERID_ProgramData, "AppData": windows.FOLDERID_RoamingAppData,
	}[key]
	if folder != nil {
		if path, err := windows.KnownFolderPath(folder, windows.KF_FLAG_DEFAULT); err == nil {
			return path
		}
	}
	return os.Getenv(key)
}
