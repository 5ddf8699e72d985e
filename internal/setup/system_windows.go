package setup

import (
	"fmt"

	"golang.org/x/sys/windows"
)

// Administrator reports whether the process runs elevated.
func Administrator() bool { return windows.GetCurrentProcessToken().IsElevated() }

// protect restricts access to the system, administrators and the current user. If an
// administrator writes the file, the service's account may read it. File modes have no
// effect on Windows.
func protect(file, _ string) error {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return fmt.Errorf("protect %s: %w", file, err)
	}
	list := "D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;" + user.User.Sid.String() + ")"
	if Administrator() {
		list += "(A;;FR;;;LS)"
	}
	sd, err := windows.SecurityDescriptorFromString(list)
	if err != nil {
		return fmt.Errorf("protect %s: %w", file, err)
	}
	dacl, _, err := sd.DACL()
	if err != nil {
		return fmt.Errorf("protect %s: %w", file, err)
	}
	err = windows.SetNamedSecurityInfo(file, windows.SE_FILE_OBJECT,
		windows.DACL_SECURITY_INFORMATION|windows.PROTECTED_DACL_SECURITY_INFORMATION, nil, nil, dacl, nil)
	if err != nil {
		return fmt.Errorf("protect %s: %w", file, err)
	}
	return nil
}

// SystemZone returns "": Windows does not use IANA names for time zones.
func SystemZone(func(string) string) string { return "" }

// SystemLanguage returns the user's display language.
func SystemLanguage() string {
	names, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME)
	if err != nil || len(names) == 0 {
		return ""
	}
	return names[0]
}
