package command

import (
	"os"

	"golang.org/x/sys/windows"
)

// terminal reports whether the file is a console that clears a line when told
// to; Windows wants to be asked for that.
func terminal(f *os.File) bool {
	var mode uint32
	console := windows.Handle(f.Fd())
	if err := windows.GetConsoleMode(console, &mode); err != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
