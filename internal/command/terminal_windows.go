package command

import (
	"os"

	"golang.org/x/sys/windows"
)

// terminal reports whether the file is a console that understands escape sequences,
// which Windows enables on request.
func terminal(f *os.File) bool {
	var mode uint32
	console := windows.Handle(f.Fd())
	if err := windows.GetConsoleMode(console, &mode); err != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
